/** workspace/executeCommand: the commands that lenses carry, by a table that refuses unknown ones. */
import { ErrorCodes, ResponseError, type CancellationToken, type ExecuteCommandParams } from 'vscode-languageserver';
import { COMMANDS } from '../../protocol.ts';
import { dryRun } from '../commands/dryRun.ts';
import { refreshDrift } from '../commands/refreshDrift.ts';
import { showEvidence } from '../commands/showEvidence.ts';
import { showPlan } from '../commands/showPlan.ts';
import { openProgress } from '../progress.ts';
import type { Command } from '../commands/command.ts';
import type { Method } from '../feature.ts';

const TABLE: Readonly<Record<string, Command>> = {
  [COMMANDS.dryRun]: dryRun,
  [COMMANDS.refreshDrift]: refreshDrift,
  [COMMANDS.showEvidence]: showEvidence,
  [COMMANDS.showPlan]: showPlan,
};

export const executeCommand: Method = {
  method: 'workspace/executeCommand',
  capabilities: () => ({ executeCommandProvider: { commands: Object.keys(TABLE), workDoneProgress: true } }),
  register: (session) =>
    session.connection.onRequest(
      'workspace/executeCommand',
      async (params: ExecuteCommandParams, token: CancellationToken) => {
        const command = Object.hasOwn(TABLE, params.command) ? TABLE[params.command] : undefined;
        if (!command) {
          const known = Object.keys(TABLE).join(', ');
          throw new ResponseError(
            ErrorCodes.InvalidParams,
            `There is no command "${params.command}"; there are ${known}.`,
          );
        }
        const argument: unknown = params.arguments?.[0] ?? {};
        if (typeof argument !== 'object' || argument === null || Array.isArray(argument)) {
          throw new ResponseError(ErrorCodes.InvalidParams, `${params.command} takes one object as its argument.`);
        }
        const given = argument as Readonly<Record<string, unknown>>;
        return command({
          session,
          argument: given,
          token,
          progress: (title) => openProgress(session, title, params.workDoneToken, token),
        });
      },
    ),
};
