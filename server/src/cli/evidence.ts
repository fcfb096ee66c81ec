/** `drillbook evidence`: lists, shows, verifies and reports what dry runs and drills left behind, and records a drill. */
import { UsageError, type Command, type CommandContext, type ExitStatus } from './command.ts';
import { FORMAT } from './options.ts';

type Run = (context: CommandContext) => Promise<ExitStatus>;

const SUBCOMMANDS: readonly { name: string; operands: string; help: string; load: () => Promise<Run> }[] = [
  {
    name: 'list',
    operands: '[RUNBOOK]',
    help: 'Every record, the newest first',
    load: async () => (await import('./evidenceList.ts')).run,
  },
  {
    name: 'show',
    operands: 'ID',
    help: 'One record, by its id, its number, a runbook’s name or "last"; --replay plays a drill back',
    load: async () => (await import('./evidenceShow.ts')).run,
  },
  {
    name: 'verify',
    operands: '',
    help: 'The hash chain: edits, removals, reordering, forks; cut tails by commit and bucket',
    load: async () => (await import('./evidenceVerify.ts')).run,
  },
  {
    name: 'report',
    operands: '[ID]',
    help: 'A page for people, of the newest record or of this one',
    load: async () => (await import('./evidenceReport.ts')).run,
  },
  {
    name: 'record',
    operands: 'RUNBOOK',
    help: 'Walk through a drill: times and logs each step and who did it',
    load: async () => (await import('./evidenceRecord.ts')).run,
  },
];

export const command: Command = {
  name: 'evidence',
  summary: 'List, show, verify, report and record evidence',
  operands: 'SUBCOMMAND',
  count: [1, 3],
  subcommands: SUBCOMMANDS,
  options: [
    { ...FORMAT, help: 'list, show, verify: text or json; report: markdown, html or json; repeatable, with =FILE' },
    { name: 'replay', help: 'show: play the steps back in their order, with times and people' },
    {
      name: 'allow-host',
      value: 'HOST',
      multiple: true,
      help: 'verify, record: a host of the evidence bucket that credentials may be used with, besides loopback',
    },
    {
      name: 'key',
      value: 'FILE',
      help: 'verify: the public key (PEM, or a .pub file) that every record has to be signed by',
    },
    { name: 'limit', value: 'NUMBER', help: 'list: at most this many' },
  ],
  details: 'Evidence lies under .drillbook/evidence of the workspace: one JSON record a run, chained by hashes.',
  examples: [
    'drillbook evidence list',
    'drillbook evidence show 20261122',
    'drillbook evidence verify',
    'drillbook evidence report --format html=report.html',
  ],
  run: async (context) => {
    const found = SUBCOMMANDS.find((each) => each.name === context.operands[0]);
    if (found === undefined) throw new UsageError(`there is no evidence ${context.operands[0] ?? ''}.`);
    return await (
      await found.load()
    )(context);
  },
};
