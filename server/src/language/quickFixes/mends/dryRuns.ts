/** Mends of dry runs: one for a backup that has none, and what one lacks to prove something. */
import { nodeAt } from '../../../core/document/navigate.ts';
import { environmentOf } from '../../../core/references/environment.ts';
import { asMap, asText, asTexts, dig } from '../../../core/references/read.ts';
import { policyOf } from '../../../core/references/policy.ts';
import type { Entry } from '../../../core/workspace.ts';
import type { LanguageContext } from '../../context.ts';
import { insertKey } from '../insert.ts';
import { setKey, yamlText, type Mender } from './mend.ts';

/** What each tool's backups are restored into here; those of a provider go back to the provider. */
const ENGINES: Readonly<Record<string, string>> = {
  pg_dump: 'postgres',
  pgbackrest: 'postgres',
  mysqldump: 'mysql',
  'mariadb-dump': 'mariadb',
  'mariadb-backup': 'mariadb',
  sqlite: 'sqlite',
  restic: 'files',
  files: 'files',
};

export const addDryRun: Mender = (context, entry, finding) => {
  const named = finding.path[0] === 'backups' ? finding.path[1] : undefined;
  const backups = Object.keys(asMap(dig(entry.document.value, 'backups')));
  const backup = named === undefined ? backups[0] : String(named);
  if (backup === undefined) return [];
  const engine = engineOf(entry, backup);
  if (engine === undefined) return [];
  const taken = asMap(dig(entry.document.value, 'dryRuns'));
  const base = databaseOf(entry, backup) ?? backup;
  const name = [base, backup, `${backup}-restore`].find((each) => !Object.hasOwn(taken, each));
  if (name === undefined) return [];
  const value = `{ backup: ${yamlText(backup)}, sandbox: ${sandboxFor(context, entry, backup, engine)}, checks: [${checkFor(entry, engine)}] }`;
  return [
    {
      title: `Add a dry run of backup ${backup}`,
      edits: [insertKey(entry, ['dryRuns'], /^[\w.-]+$/u.test(name) ? name : JSON.stringify(name), value)],
    },
  ];
};

export const addChecks: Mender = (_context, entry, finding) => {
  const run = finding.path.slice(0, 2);
  const backup = asText(dig(entry.document.value, ...run.map(String), 'backup')) ?? '';
  const engine = engineOf(entry, backup);
  if (engine === undefined) return [];
  const value = `[${checkFor(entry, engine)}]`;
  const node = nodeAt(entry.document, [...run, 'checks']);
  const edit =
    node?.kind === 'seq' && node.flow
      ? { file: entry.file, span: { start: node.start, end: node.end }, newText: value }
      : node === undefined
        ? insertKey(entry, run, 'checks', value)
        : undefined;
  return [{ title: 'Ask for rows that must be there', edits: [edit] }];
};

export const addSandbox: Mender = (context, entry, finding) => {
  const run = finding.path.slice(0, 2);
  const backup = asText(dig(entry.document.value, ...run.map(String), 'backup'));
  const engine = backup === undefined ? undefined : engineOf(entry, backup);
  if (backup === undefined || engine === undefined || nodeAt(entry.document, [...run, 'sandbox'])) return [];
  const sandbox = insertKey(entry, run, 'sandbox', sandboxFor(context, entry, backup, engine));
  // A level that is asked for and can't be what the class asks keeps the sandbox from being used.
  const asked = finding.expected;
  const level =
    typeof asked === 'number' && nodeAt(entry.document, [...run, 'level'])
      ? [setKey(entry, run, 'level', String(asked))]
      : [];
  return [{ title: 'Give it a sandbox', edits: [sandbox, ...level] }];
};

export const pinVersion: Mender = (_context, entry, finding) => {
  const run = finding.path.slice(0, 2);
  const version = versionOf(entry, asText(dig(entry.document.value, ...run.map(String), 'backup')) ?? '');
  return version === undefined
    ? []
    : [
        {
          title: `Restore into version ${version}, as its source expects`,
          edits: [insertKey(entry, [...run, 'sandbox'], 'version', JSON.stringify(version))],
        },
      ];
};

export const runSteps: Mender = (_context, entry, finding) => [
  { title: 'Run the runbook’s own steps', edits: [setKey(entry, finding.path.slice(0, 2), 'steps', 'true')] },
];

/** The sandboxes of the environment that the class allows. */
export const useSandbox: Mender = (context, entry, finding) => {
  const allowed = asTexts(finding.expected);
  const environment = environmentOf(entry, context.workspace);
  const sandbox = [...finding.path.slice(0, 2), 'sandbox'];
  const node = nodeAt(entry.document, sandbox);
  if (node?.kind !== 'map' || !node.flow) return [];
  return Object.entries(asMap(dig(environment?.document.value, 'sandboxes'))).flatMap(([name, each]) => {
    const kind = asText(dig(each, 'kind'));
    if (kind === undefined || !allowed.includes(kind)) return [];
    const newText = `{ use: ${yamlText(name)} }`;
    return [
      {
        title: `Use sandbox ${name}`,
        edits: [{ file: entry.file, span: { start: node.start, end: node.end }, newText }],
      },
    ];
  });
};

/** The table that a check of the runbook asks, else one that is named as the database. */
export function tableOf(entry: Entry): string {
  for (const run of Object.values(asMap(dig(entry.document.value, 'dryRuns')))) {
    const checks = dig(run, 'checks');
    for (const check of Array.isArray(checks) ? checks : []) {
      const table = /\bfrom\s+([\w.]+)/iu.exec(asText(dig(check, 'query')) ?? '')?.[1];
      if (table !== undefined) return table;
    }
  }
  const [first] = Object.keys(asMap(dig(entry.document.value, 'backups')));
  return (first === undefined ? undefined : databaseOf(entry, first))?.replaceAll('-', '_') ?? 'orders';
}

function databaseOf(entry: Entry, backup: string): string | undefined {
  return asText(dig(entry.document.value, 'backups', backup, 'database'));
}

function engineOf(entry: Entry, backup: string): string | undefined {
  const tool = asText(dig(entry.document.value, 'backups', backup, 'tool')) ?? '';
  const copied = asText(dig(entry.document.value, 'backups', backup, 'copyOf'));
  if (tool === '' && copied !== undefined && copied !== backup) return engineOf(entry, copied);
  return Object.hasOwn(ENGINES, tool) ? ENGINES[tool] : undefined;
}

/** The version that the source of a backup expects, where it is one and not a bound. */
function versionOf(entry: Entry, backup: string): string | undefined {
  const source = asText(dig(entry.document.value, 'backups', backup, 'of')) ?? '';
  const version = asText(dig(entry.document.value, 'resources', source, 'expect', 'version'));
  return version !== undefined && /^\d[\w.-]*$/u.test(version) ? version : undefined;
}

/** One where the class lets its data go: of the environment, else a container; without a word of the class a private one. */
function sandboxFor(context: LanguageContext, entry: Entry, backup: string, engine: string): string {
  const version = versionOf(entry, backup);
  const allowed = asTexts(dig(policyOf(entry, context.workspace)?.class, 'restoreIn'));
  if (allowed.length > 0 && !allowed.includes('workstation')) {
    const shared = asMap(dig(environmentOf(entry, context.workspace)?.document.value, 'sandboxes'));
    const use = Object.keys(shared).find((name) => allowed.includes(asText(dig(shared[name], 'kind')) ?? ''));
    if (use !== undefined) return `{ use: ${yamlText(use)} }`;
    if (allowed.includes('container') && engine !== 'files')
      return `{ kind: container, engine: ${engine}${version === undefined ? '' : `, version: ${JSON.stringify(version)}`} }`;
  }
  return version === undefined || engine === 'files'
    ? `{ engine: ${engine} }`
    : `{ engine: ${engine}, version: ${JSON.stringify(version)} }`;
}

function checkFor(entry: Entry, engine: string): string {
  return engine !== 'files'
    ? `{ name: rows came back, query: select count(*) from ${tableOf(entry)}, expect: ">=1" }`
    : '{ name: files came back, files: "**", count: ">=1" }';
}
