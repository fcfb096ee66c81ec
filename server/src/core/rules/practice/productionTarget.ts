/** A step restores straight into what is backed up: a mistake there overwrites what is left of it. */
import type { Workspace } from '../../workspace.ts';
import { environmentIn } from '../environmentView.ts';
import { at, textOf } from '../read.ts';
import type { RunbookView } from '../runbookView.ts';
import { runbookRule, spanOf } from '../say.ts';
import { commandsOf } from './commands.ts';
import { restoresIn } from './restores.ts';

export const productionTarget = runbookRule(
  { id: 'practice/production-target', title: 'A step names production as the target of the restore.' },
  (view, say, { workspace }) => {
    let names: ReadonlyMap<string, string> | undefined;
    for (const command of commandsOf(view)) {
      if (command.key !== 'run' && command.key !== 'restore') continue;
      for (const { simple, program } of restoresIn(view, command)) {
        const targets = targetsIn(simple);
        if (targets.length === 0) continue;
        names ??= productionNames(view, workspace);
        const found = productionAmong(targets, names);
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

/** What the sources are called where a command would aim at them, and the resource that bears the name. */
function productionNames(view: RunbookView, workspace: Workspace): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const environment = environmentIn(view, workspace)?.document.value;
  for (const group of view.groups) {
    const source = view.resources.get(group.of);
    if (!source || source.id === '' || source.id.includes('${{')) continue;
    const host = source.kind.startsWith('database/')
      ? textOf(at(environment, 'databases', source.id, 'host'))
      : source.id;
    if (host !== undefined && host.length > 3 && !/^(?:localhost|127\.)/u.test(host))
      names.set(host, `resource ${source.name}`);
  }
  return names;
}

/** The targets among a command's words: of a host option, the host of a URL, or the target option of a cloud restore. */
function targetsIn(command: string): readonly string[] {
  if (!/\bssh\s|\s-h|--(?:host|target-|db-|restore-instance)|@|host=/u.test(command)) return [];
  return [
    ...command.matchAll(
      /(?:\bssh\s+(?:-[bcDEeFIiJLlmOopQRSWw]\s*\S+\s+|-[46AaCfGgKkMNnqsTtVvXxYy]+\s+)*(?:[\w.-]+@)?|\s-h\s*|\s--host[= ]\s*|\s--(?:target-)?db-(?:instance|cluster)-identifier[= ]\s*|\s--target-table-name[= ]\s*|\s--restore-instance[= ]\s*|@|\bhost=)["']?([\w.-]+)/gu,
    ),
  ].map((match) => match[1] ?? '');
}

function productionAmong(
  targets: readonly string[],
  names: ReadonlyMap<string, string>,
): { readonly name: string; readonly why: string } | undefined {
  for (const target of targets) {
    for (const [name, why] of names) if (target === name || target.startsWith(`${name}.`)) return { name: target, why };
    if (/(?:^|[.-])prod(?:uction)?(?:[.-]|\d|$)/iu.test(target))
      return { name: target, why: 'it bears the name of production' };
  }
  return undefined;
}
