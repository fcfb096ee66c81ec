/** A step restores straight into what is backed up: a mistake there overwrites what is left of it. */
import type { Workspace } from '../../workspace.ts';
import { environmentIn } from '../environmentView.ts';
import { at, dataOf, textOf } from '../read.ts';
import type { RunbookView } from '../runbookView.ts';
import { opinion, spanOf } from '../say.ts';
import { commandsOf, type CommandText } from './commands.ts';
import { restoresIn } from './restores.ts';

export const productionTarget = opinion(
  { id: 'practice/production-target', title: 'A step names production as the target of the restore.' },
  (view, say, { workspace }) => {
    let names: ReadonlyMap<string, string> | undefined;
    for (const command of commandsOf(view)) {
      if (command.key !== 'run' && command.key !== 'restore') continue;
      for (const { simple, program } of restoresIn(view, command)) {
        const targets = [...targetsIn(simple, command.text), ...hostsOf(command)];
        if (targets.length === 0) continue;
        names ??= productionNames(view, workspace);
        // What makes an instance or a table anew refuses a name that is taken, so that only the source's own name is meant for it.
        const found = productionAmong(targets, names, /^aws (?:rds|dynamodb) /u.test(program));
        if (found === undefined) continue;
        say(
          command.path,
          `${command.title} restores with ${program} straight into ${found.name} (${found.why}), where a mistake overwrites what is left: restore beside it, into $TARGET, and switch over.`,
          {
            ...spanOf(view.entry, command.path, found.name),
            actual: found.name,
          },
        );
        break;
      }
    }
  },
);

/** Hosts that the environment of a step names in plain text. */
function hostsOf({ step }: CommandText): readonly string[] {
  return Object.entries(dataOf(step?.value['env'])).flatMap(([name, value]) =>
    /^(?:PG|MYSQL_|REDIS_|MONGO_)HOST(?:ADDR)?$/u.test(name) ? (textOf(value) ?? []) : [],
  );
}

/** What the sources are called where a command would aim at them, and the resource that bears the name. */
function productionNames(view: RunbookView, workspace: Workspace): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const environment = environmentIn(view, workspace)?.document.value;
  for (const group of view.groups) {
    const source = view.resources.get(group.of ?? '');
    if (!source || source.id === '') continue;
    for (const key of ['id', 'arn']) names.set(`\${{resources.${source.name}.${key}}}`, `resource ${source.name}`);
    if (source.id.includes('${{')) {
      names.set(source.id.replace(/\s+/gu, ''), `resource ${source.name}`);
      continue;
    }
    const host = source.kind.startsWith('database/')
      ? textOf(at(environment, 'databases', source.id, 'host'))
      : source.id;
    if (host !== undefined && host.length > 3 && !/^(?:localhost|127\.)/u.test(host))
      names.set(host, `resource ${source.name}`);
  }
  return names;
}

/** The targets among a command's words: of a host option or variable, the host of a URL, or the target option of a cloud restore. */
function targetsIn(command: string, text: string): readonly string[] {
  const variables = [...text.matchAll(/\b(?:PGHOST|PGHOSTADDR|MYSQL_HOST|REDIS_HOST|MONGO_HOST)=["']?([\w.-]+)/gu)];
  if (!/\bssh\s|\s-[hn]|--(?:host|target-|db-|restore-instance|context|namespace)|:\/\/|@|host=|gcloud/u.test(command))
    return variables.map((match) => match[1] ?? '');
  // Restic asks for the snapshots of a host by the option that others name their target with.
  const options = /\brestic\b/u.test(command) ? OTHERS : HOSTS;
  const spaces = /\b(?:kubectl|oc)\b/u.test(command) ? command.matchAll(NAMESPACES) : [];
  return [...command.matchAll(options), ...spaces, ...variables].map((match) => match[1] ?? '');
}

const NAME = String.raw`["']?(\$\{\{[^}]{0,99}\}\}|[\w.-]+)`;
const OTHER = [
  String.raw`\bssh\s+(?:-[bcDEeFIiJLlmOopQRSWw]\s*\S+\s+|-[46AaCfGgKkMNnqsTtVvXxYy]+\s+)*(?:[\w.-]+@)?`,
  String.raw`\s--(?:target-)?db-(?:instance|cluster)-identifier[= ]\s*`,
  String.raw`\s--target-table-name[= ]\s*`,
  String.raw`\s--restore-instance[= ]\s*`,
  String.raw`\bgcloud\s+sql\s+import\s+\w+\s+`,
  String.raw`\b(?:kubectl|oc)\b[^|]{0,300}?\s(?:-n|--namespace|--context)[= ]\s*`,
  String.raw`:\/\/(?:[^@\s"'/]+@)?`,
];
const OTHERS = new RegExp(`(?:${OTHER.join('|')})${NAME}`, 'gu');
const HOSTS = new RegExp(
  `(?:${[...OTHER, String.raw`\s-h\s*`, String.raw`\s--host[= ]\s*`, '@', String.raw`\bhost=`].join('|')})${NAME}`,
  'gu',
);
/** Of a call that names the cluster before. */
const NAMESPACES = new RegExp(String.raw`\s(?:-n|--namespace)[= ]\s*${NAME}`, 'gu');
/** A name of production; and what tells that it is beside it, for the while or not yet. */
const PRODUCTION = /(?:^|[.-])prod(?:uction)?(?:[.-]|\d|$)/iu;
const BESIDE = /restor|recover|\bnew\b|copy|clone|scratch|sandbox|\btest|drill|\btemp|\btmp|\b(?:non|pre)-?prod|stag/iu;

function productionAmong(
  targets: readonly string[],
  names: ReadonlyMap<string, string>,
  makesAnew: boolean,
): { readonly name: string; readonly why: string } | undefined {
  for (const target of targets) {
    const spaceless = target.replace(/\s+/gu, '');
    for (const [name, why] of names)
      if (spaceless === name || target.startsWith(`${name}.`)) return { name: target, why };
    // The cluster may be that of production, and the namespace the one for the restore.
    if (!makesAnew && PRODUCTION.test(target) && !targets.some((each) => BESIDE.test(each)))
      return { name: target, why: 'it bears the name of production' };
  }
  return undefined;
}
