/** Mends of steps: what a command lacks that has to stop, be checked, be approved or end in time. */
import type { Path } from '../../../core/document/node.ts';
import type { Finding } from '../../../core/finding.ts';
import { asText, dig } from '../../../core/references/read.ts';
import { formatDuration, parseDuration } from '../../../core/values/duration.ts';
import type { Entry } from '../../../core/workspace.ts';
import { objectivesOf } from '../../objectives.ts';
import type { FileEdit } from '../action.ts';
import { insertKey } from '../insert.ts';
import { tableOf } from './dryRuns.ts';
import { commandAt, replaced, setKey, yamlText, type CommandText, type Mender } from './mend.ts';

const MINUTE = 60_000;

/** The step's own path: that of the finding without `run` or `verify`. */
function stepOf(finding: Finding): Path {
  return finding.path.slice(0, 3);
}

export const addTimeout: Mender = (context, entry, finding) => {
  const steps = dig(entry.document.value, 'restore', 'steps');
  const taken = (Array.isArray(steps) ? steps : [])
    .map((step) => parseDuration(asText(dig(step, 'timeout')) ?? asText(dig(step, 'effort')) ?? '')?.ms ?? 0)
    .reduce((sum, ms) => sum + ms, 0);
  const { rtoMs } = objectivesOf(entry, context.workspace);
  const left = rtoMs === undefined ? 10 * MINUTE : Math.floor((rtoMs - taken) / 2 / MINUTE) * MINUTE;
  const timeout = formatDuration(Math.min(Math.max(left, 5 * MINUTE), 30 * MINUTE));
  return [{ title: `Give it a timeout of ${timeout}`, edits: [insertKey(entry, stepOf(finding), 'timeout', timeout)] }];
};

export const addApproval: Mender = (_context, entry, finding) => {
  const who = asText(dig(entry.document.value, 'restore', 'authority')) ?? 'incident-commander';
  const edit = insertKey(entry, stepOf(finding), 'approval', yamlText(who));
  return [{ title: `Ask ${who} for approval first`, edits: [edit] }];
};

export const addVerify: Mender = (_context, entry, finding) => {
  const query = `select 1 / count(*) from ${tableOf(entry)}`;
  const command = commandAt(entry, finding.path)?.text ?? '';
  if (!/\b(?:pg_restore|psql)\b/u.test(command)) return [];
  const verify = JSON.stringify(`psql "$TARGET" -v ON_ERROR_STOP=1 -c '${query}'`);
  return [{ title: 'Verify that rows came back', edits: [insertKey(entry, stepOf(finding), 'verify', verify)] }];
};

export const addRollback: Mender = (_context, entry, finding) => [
  {
    title: 'Say that there is no way back',
    edits: [
      insertKey(
        entry,
        stepOf(finding),
        'rollback',
        JSON.stringify('echo "There is no way back from here." >&2; exit 1'),
      ),
    ],
  },
];

export const addAuthority: Mender = (_context, entry) => [
  {
    title: 'Name incident-commander as the authority',
    edits: [insertKey(entry, ['restore'], 'authority', 'incident-commander')],
  },
];

export const stopOnError: Mender = (_context, entry, finding) =>
  ofCommand(entry, finding, (command) => [{ title: 'Start it with set -e', edits: [command.prepend('set -e')] }]);

export const stopOnPipe: Mender = (_context, entry, finding) =>
  ofCommand(entry, finding, (command) => [
    { title: 'Start it with set -o pipefail', edits: [command.prepend('set -o pipefail')] },
  ]);

export const analyze: Mender = (_context, entry, finding) =>
  ofCommand(entry, finding, (command) => [
    {
      title: 'Gather statistics behind it',
      edits: [command.append('vacuumdb --analyze-in-stages --dbname "$TARGET"')],
    },
  ]);

/** Takes out what throws a failure or its message away. */
export const letItFail: Mender = (_context, entry, finding) =>
  ofCommand(entry, finding, (command) => {
    const thrown = asText(finding.actual) ?? '';
    const at = thrown === '' ? -1 : command.text.indexOf(thrown);
    if (at < 0) return [];
    const start = command.text.slice(0, at).trimEnd().length;
    const edit = thrown.startsWith('set')
      ? command.replace(at, at + thrown.length, 'set -e')
      : command.replace(start, at + thrown.length, '');
    return start === 0 && !thrown.startsWith('set') ? [] : [{ title: `Take out ${thrown}`, edits: [edit] }];
  });

const STRICT: readonly { readonly program: RegExp; readonly insert: string; readonly mend: string }[] = [
  { program: /\bpg_restore\b(?=[^\n;]*\s(?:-d|--dbname)\b)/gu, insert: ' --exit-on-error', mend: '--exit-on-error' },
  { program: /\bpsql\b(?![^\n;|]*\s(?:-c|--command)\b)/gu, insert: ' -v ON_ERROR_STOP=1', mend: 'ON_ERROR_STOP' },
];

/** Calls the restore program with what makes it stop at the first error. */
export const strictRestore: Mender = (_context, entry, finding) =>
  ofCommand(entry, finding, (command) => {
    const mend = asText(finding.data?.['mend']) ?? '';
    const row = STRICT.find((each) => mend.includes(each.mend));
    const edits = row
      ? [...command.text.matchAll(row.program)].map((match) => {
          const end = match.index + match[0].length;
          return command.replace(end, end, row.insert);
        })
      : [...command.text.matchAll(/\s(?:--force|-f)(?=\s|$)/gu)].map((match) =>
          command.replace(match.index, match.index + match[0].length, ''),
        );
    return [{ title: `Call it ${mend}`, edits }];
  });

/** Copies out of an immutable store instead of moving, and leaves the right to bypass alone. */
export const leaveStoreAlone: Mender = (_context, entry, finding) =>
  ofCommand(entry, finding, (command) => {
    const found = /(?<=\baws s3 )mv\b| --bypass-governance-retention\b| --delete\b/u.exec(command.text);
    if (!found) return [];
    const edit = command.replace(found.index, found.index + found[0].length, found[0] === 'mv' ? 'cp' : '');
    const title = found[0] === 'mv' ? 'Copy instead of moving' : `Take out ${found[0].trim()}`;
    return [{ title, edits: [edit] }];
  });

/** Reads a secret from the environment of the step; the value itself is taken out of the text. */
export const secretFromEnv: Mender = (_context, entry, finding) => {
  const key = String(finding.path[3] ?? '');
  const name = String(finding.path[4] ?? '');
  if (key === 'env' && name !== '') {
    return [{ title: `Read ${name} from a variable`, edits: [replaced(entry, finding.path, `{ env: ${name} }`)] }];
  }
  // The commands of a backup have no env of their own.
  if (finding.path[0] !== 'restore') return [];
  return ofCommand(entry, finding, (command) => {
    const found =
      /(?<=^|[\s;&|])(?:export\s+)?(?<name>[A-Z][A-Z0-9_]*)=(?:"[^"$]+"|'[^'$]+'|[^\s"'$;|&]+)(?:\s*(?:;|&&)\s*|\s+)/u.exec(
        command.text,
      );
    const variable = found?.groups?.['name'];
    if (!found || variable === undefined || !/PASS|PWD|SECRET|TOKEN|KEY/u.test(variable)) return [];
    const edits: readonly (FileEdit | undefined)[] = [
      command.replace(found.index, found.index + found[0].length, ''),
      setKey(entry, [...stepOf(finding), 'env'], variable, `{ env: ${variable} }`),
    ];
    return edits.includes(undefined) ? [] : [{ title: `Read ${variable} from a variable`, edits }];
  });
};

function ofCommand(
  entry: Entry,
  finding: Finding,
  mends: (command: CommandText) => ReturnType<Mender>,
): ReturnType<Mender> {
  const command = commandAt(entry, finding.path);
  return command ? mends(command) : [];
}
