/** `drillbook init`: a first policy, environment and runbook; with --from-live from what is really there. */
import { initWorkspace, LIVE_KINDS, type InitRequest } from '../app/initWorkspace.ts';
import { Failure, UsageError, type Command, type CommandContext, type ExitStatus } from './command.ts';
import { openLookup } from './live.ts';
import { ALLOW_HOST, ENVIRONMENT } from './options.ts';
import { didYouMean } from './suggest.ts';
import { selectWorkspaces } from './workspace.ts';

export const command: Command = {
  name: 'init',
  summary: 'A first policy, environment and runbook',
  operands: '[ID]',
  count: [0, 2],
  options: [
    {
      name: 'from-live',
      value: 'KIND',
      help: `Write the runbook from live facts of KIND ID: ${LIVE_KINDS.join(', ')}`,
    },
    { name: 'name', value: 'NAME', help: 'Name of the runbook' },
    { name: 'owner', value: 'NAME', help: 'Its first owner' },
    { name: 'region', value: 'REGION', help: 'with --from-live: where it is' },
    { name: 'account', value: 'ACCOUNT', help: 'with --from-live: whose it is' },
    ENVIRONMENT,
    ALLOW_HOST,
  ],
  details: 'Overwrites nothing: where a file that it would write is there, it writes none.',
  examples: ['drillbook init', 'drillbook init --from-live aws/rds-instance orders-prod --region eu-west-1'],
  run,
};

async function run(context: CommandContext): Promise<ExitStatus> {
  const { dependencies, terminal, values } = context;
  const [selection] = await selectWorkspaces(context, []);
  if (selection === undefined) throw new Failure('there is no folder to write to.');
  const request = requestOf(context, selection.root);
  const result = await initWorkspace(request, {
    workspace: selection.workspace,
    files: dependencies.files,
    now: dependencies.clock.now(),
    signal: context.signal,
    ...(values.text('from-live') === undefined ? {} : { lookup: await openLookup(context, selection) }),
  });
  switch (result.state) {
    case 'written': {
      const lines = [
        ...result.files.map(({ file }) => `Wrote ${file}`),
        ...result.notes.map((note) => `  • ${note}`),
        'Next: fill in what is marked, and run drillbook check.',
      ];
      await terminal.out(`${lines.join('\n')}\n`);
      return 0;
    }
    case 'exists':
      throw new Failure(`${result.file} is there already, so nothing was written.`);
    case 'absent':
      terminal.note(result.message);
      return 1;
    case 'unknown':
      terminal.note(`Not written: ${result.message}`);
      return 3;
  }
}

function requestOf(context: CommandContext, root: string): InitRequest {
  const { values, operands } = context;
  const kind = values.text('from-live');
  const [id, surplus] = operands;
  if (surplus !== undefined) throw new UsageError(`drillbook init can't take "${surplus}" as well.`, 'init');
  if (kind === undefined && id !== undefined)
    throw new UsageError('an ID is taken only with --from-live KIND.', 'init');
  if (kind !== undefined && id === undefined)
    throw new UsageError(`--from-live needs KIND and ID, as in --from-live ${kind} orders-prod.`, 'init');
  if (kind !== undefined && !LIVE_KINDS.includes(kind)) {
    throw new UsageError(
      `--from-live knows ${LIVE_KINDS.join(', ')}, not "${kind}".${didYouMean(kind, LIVE_KINDS)}`,
      'init',
    );
  }
  const given = (name: string): string | undefined => values.text(name);
  const name = given('name');
  const owner = given('owner');
  const region = given('region');
  const account = given('account');
  const environment = given('environment');
  return {
    root,
    ...(name === undefined ? {} : { name }),
    ...(owner === undefined ? {} : { owner }),
    ...(kind === undefined || id === undefined
      ? {}
      : {
          fromLive: {
            kind,
            id,
            ...(region === undefined ? {} : { region }),
            ...(account === undefined ? {} : { account }),
            ...(environment === undefined ? {} : { environment }),
          },
        }),
  };
}
