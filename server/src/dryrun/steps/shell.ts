/** The shell that the runbook's own steps run in: pointing into the sandbox, with no network and nothing of ours. */
import { join } from 'node:path';
import { StageFault, type FetchedBackup, type RunContext, type RunningSandbox } from '../../core/recovery/engine.ts';
import { secret } from '../../core/recovery/dryRunPlan/values.ts';
import { substitute, type SubstitutionScope } from '../../core/recovery/substitute.ts';
import { asMap, asText, isMap, type PlainMap } from '../../core/references/read.ts';
import type { RunResult } from '../../core/ports.ts';
import { withoutNetwork } from '../isolation.ts';
import type { EnginePorts } from '../ports.ts';
import { runTool } from '../tool.ts';
import { makeFolder } from '../writeFile.ts';
import { sandboxVariables } from './target.ts';

/** Where the commands of one run are carried out. */
export interface Shell {
  /** Runs one command text of a step, in the environment that `step` asks for. */
  run(text: string, step: PlainMap, timeoutMs: number): Promise<RunResult>;
}

/** `aws s3 cp URI FILE` of the backup reads the verified copy: the URI stands for a path in the sandbox. */
const PREAMBLE = `aws() { if [ "$1 $2" = "s3 cp" ] && [ -f "$3" ]; then if [ "$4" = - ]; then cat "$3"; else cp "$3" "$4"; fi; else echo "drillbook: only aws s3 cp of the backup itself is possible in a dry run" >&2; return 1; fi; }\n`;

export async function openShell(
  ports: EnginePorts,
  run: RunContext,
  fetched: readonly FetchedBackup[],
  sandbox: RunningSandbox,
  database: string,
): Promise<Shell> {
  const work = join(run.folder, 'work');
  await makeFolder(ports, run, work);
  const variables = sandboxVariables(sandbox, database);
  const scope = scopeOf(run, fetched);
  // People write steps for the shell that they have: bash where there is one.
  const program = (await ports.processes.find('bash', ['/bin', '/usr/bin'])) ?? '/bin/sh';
  return {
    run: async (text, step, timeoutMs) => {
      const script = String(substitute(text, scope));
      const unknown = /\$\{\{[^}]*\}\}/u.exec(script)?.[0];
      if (unknown !== undefined)
        throw new StageFault('failed', `A step uses an expression that has no value in a dry run: ${unknown}.`);
      const args = ['-ec', `cd "$STEP_FOLDER"\n${PREAMBLE}${script}`];
      // A server that the team named is reached over the network; what is ours is on a Unix socket or in a folder.
      const isolated =
        sandbox.kind === 'server'
          ? { command: program, args, owner: run.owner }
          : await withoutNetwork(ports, run, program, args);
      return await runTool(ports, run, isolated.command, isolated.args, {
        stage: 'restore',
        env: { STEP_FOLDER: work, ...(await environmentOf(ports, step, variables, scope)) },
        timeoutMs,
        asSelf: isolated.owner === undefined,
      });
    },
  };
}

async function environmentOf(
  ports: EnginePorts,
  step: PlainMap,
  variables: Readonly<Record<string, string>>,
  scope: SubstitutionScope,
): Promise<Readonly<Record<string, string>>> {
  const env: Record<string, string> = { ...variables };
  for (const [name, value] of Object.entries(asMap(step['env']))) {
    const given = isMap(value) ? await ports.secrets.read(secret(value)) : asText(substitute(value, scope));
    // What points into the sandbox stays so, whatever the runbook says for production.
    if (
      given !== undefined &&
      /^[A-Za-z_]\w*$/u.test(name) &&
      !(name in variables) &&
      !/^(?:AWS_|PG(?:HOST|PORT|SERVICE))/u.test(name)
    )
      env[name] = given;
  }
  return env;
}

/** The documents' own values; what is said of a backup is said of the verified copy. */
function scopeOf(run: RunContext, fetched: readonly FetchedBackup[]): SubstitutionScope {
  const backups = Object.fromEntries(
    fetched.map(({ found, path, record }) => [
      found.plan.name,
      { uri: path ?? record.uri, key: record.id, versionId: record.versionId ?? '', time: record.time ?? '' },
    ]),
  );
  return { ...(run.plan.scope ?? { vars: {}, environment: undefined, resources: {} }), backups };
}
