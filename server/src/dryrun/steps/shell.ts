/** The shell that the runbook's own steps run in: pointing into the sandbox, with no network but the cloud's API, and nothing of ours. */
import { join } from 'node:path';
import type { FetchedBackup, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { secret } from '../../core/recovery/dryRunPlan/values.ts';
import { substitute, type SubstitutionScope } from '../../core/recovery/substitute.ts';
import { asMap, asText, isMap, type PlainMap } from '../../core/references/read.ts';
import type { RunResult } from '../../core/ports.ts';
import { findIsolation, withoutNetwork } from '../isolation.ts';
import { MARKER } from '../marker.ts';
import type { EnginePorts } from '../ports.ts';
import { runTool, toolEnvironment } from '../tool.ts';
import { makeFolder, writeFile } from '../writeFile.ts';
import { openCloud, type StepsCloud } from './cloud.ts';
import { sandboxVariables } from './target.ts';

/** With `unreached` the cloud could not be reached meanwhile, for this reason. */
export interface ShellResult extends RunResult {
  readonly unreached?: string;
}

/** Where the commands of one run are carried out. */
export interface Shell {
  /** Runs one command text of a step, in the environment that `step` asks for. */
  run(text: string, step: PlainMap, timeoutMs: number): Promise<ShellResult>;
  /** Closes the steps' way to the cloud and notes what they had of it. Never rejects. */
  close(): Promise<void>;
}

/**
 * `aws s3 cp URI FILE` of a backup reads the verified copy: the URI stands for a path in the sandbox. Everything else of `aws`
 * is the program's own, where there are credentials for it.
 */
function preamble(copies: readonly string[], hasCloud: boolean): string {
  const otherwise = hasCloud
    ? 'command aws "$@"'
    : '{ echo "drillbook: without cloud credentials only aws s3 cp of the backup itself is possible in a dry run" >&2; return 1; }';
  if (copies.length === 0) return `aws() { ${otherwise}; }\n`;
  return `aws() {
  if [ "$1 $2" = "s3 cp" ]; then
    _drillbook_copy=
    for _drillbook_word in "$@"; do
      case "$_drillbook_word" in --*) continue ;; esac
      if [ -d "$_drillbook_copy" ]; then mkdir -p "$_drillbook_word" && cp -R "$_drillbook_copy/." "$_drillbook_word"; return; fi
      if [ -n "$_drillbook_copy" ]; then
        if [ "$_drillbook_word" = - ]; then cat "$_drillbook_copy"; else cp "$_drillbook_copy" "$_drillbook_word"; fi
        return
      fi
      case "$_drillbook_word" in ${copies.map(shellQuoted).join(' | ')}) _drillbook_copy=$_drillbook_word ;; esac
    done
  fi
  ${otherwise}
}
`;
}

/** Stays in the run's folder, wherever the step goes, so that its group is found when the run is killed; a polite signal is the step's. */
const ATTEND = 'trap : TERM INT HUP; "$0" "$@"; exit $?';

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export async function openShell(
  ports: EnginePorts,
  run: RunContext,
  fetched: readonly FetchedBackup[],
  sandbox: RunningSandbox,
  database: string,
  wantedMs: number,
): Promise<Shell> {
  const work = join(run.folder, 'work');
  await makeFolder(ports, run, work);
  // What a step leaves in the background of a killed run is found by this where it works.
  const marker = join(work, MARKER);
  if ((await ports.files.info(marker)) === undefined)
    await writeFile(ports, run, marker, ports.files.readStream(join(run.folder, MARKER)));
  const scope = scopeOf(run, fetched);
  // People write steps for the shell that they have: bash where there is one.
  const program = (await ports.processes.find('bash', ['/bin', '/usr/bin'])) ?? '/bin/sh';
  const copies = fetched.map((each) => each.path).filter((each) => each !== undefined);
  const cloud = await openCloud(ports, run, wantedMs);
  const variables = { ...cloud?.variables, ...sandboxVariables(sandbox, database) };
  const before = `cd "$STEP_FOLDER"\n${preamble(copies, cloud !== undefined)}`;
  return {
    close: async () => await cloud?.close(),
    run: async (text, step, timeoutMs) => {
      const script = String(substitute(text, scope));
      const unknown = /\$\{\{[^}]*\}\}/u.exec(script)?.[0];
      if (unknown !== undefined)
        throw new StageFault('failed', `A step uses an expression that has no value in a dry run: ${unknown}.`);
      const args = ['-ec', `${before}${script}`];
      const env = { STEP_FOLDER: work, ...(await environmentOf(ports, step, variables, scope)) };
      if (cloud) {
        const { times } = cloud.unreached();
        const result = await throughGate(ports, run, cloud, { program, args, env, timeoutMs });
        const now = cloud.unreached();
        return now.times > times ? { ...result, unreached: now.why } : result;
      }
      const attended = ['-c', ATTEND, program, ...args];
      // A server that the team named is reached over the network; what is ours is on a Unix socket or in a folder.
      if (sandbox.kind === 'server')
        return await runTool(ports, run, program, attended, { stage: 'restore', env, timeoutMs });
      return await withoutGate(ports, run, { program, args: attended, env, timeoutMs });
    },
  };
}

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Without a network but for the gate. What stands before the relay, as root maybe, sees nothing of the step's environment. */
async function throughGate(
  ports: EnginePorts,
  run: RunContext,
  { isolation, gates, socket }: StepsCloud,
  { program, args, env, timeoutMs }: Command,
): Promise<RunResult> {
  const relay = gates.relay(socket);
  const isolated = await withoutNetwork(ports, run, relay.command, relay.args, isolation);
  return await runTool(ports, run, isolated.command, isolated.args, {
    stage: 'restore',
    env: relay.env,
    input: gates.relayInput(program, args, toolEnvironment(ports, run, env)),
    timeoutMs,
    asSelf: isolated.owner === undefined,
  });
}

/** Takes the step's environment from standard input, when the rights are gone that the change of user needed. */
const TAKE = 'eval "$(/bin/cat)"; exec "$0" "$@" </dev/null';

/** Without any network. Where programs of the machine run as root first, to become the steps' user, they see nothing of the environment. */
async function withoutGate(
  ports: EnginePorts,
  run: RunContext,
  { program, args, env, timeoutMs }: Command,
): Promise<RunResult> {
  const isolation = await findIsolation(ports, run);
  const isHelped = run.owner !== undefined && isolation.owner === undefined;
  const isolated = isHelped
    ? await withoutNetwork(ports, run, '/bin/sh', ['-c', TAKE, program, ...args], isolation)
    : await withoutNetwork(ports, run, program, args, isolation);
  return await runTool(ports, run, isolated.command, isolated.args, {
    stage: 'restore',
    ...(isHelped ? { input: exportsOf(env) } : { env }),
    timeoutMs,
    asSelf: isolated.owner === undefined,
  });
}

function exportsOf(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`)
    .join('');
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
    // What points into the sandbox stays so, whatever the runbook says for production; nor does it steer what starts the shell.
    if (
      given !== undefined &&
      /^[A-Za-z_]\w*$/u.test(name) &&
      !(name in variables) &&
      !/^(?:AWS_|LD_|PG(?:HOST|PORT|SERVICE)|(?:SHELLOPTS|BASHOPTS|BASH_ENV|ENV|PS4|GCONV_PATH|GLIBC_TUNABLES|E?UID|PPID|BASH_VERSINFO)$)/u.test(
        name,
      )
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
