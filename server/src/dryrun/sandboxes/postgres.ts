/** A private PostgreSQL in the run's folder: a Unix socket only, never as root, tuned for being thrown away. */
import { join } from 'node:path';
import type { FoundBackup, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { asText } from '../../core/references/read.ts';
import { parseSize } from '../../core/values/size.ts';
import { MARKER } from '../marker.ts';
import type { EnginePorts } from '../ports.ts';
import { findPostgres, type PostgresBinaries } from '../postgres/binaries.ts';
import { loadClient, queryValue, systemIdentifier } from '../postgres/connection.ts';
import type { PostgresHandle } from '../postgres/handle.ts';
import { fetchPostgres } from '../postgres/packages.ts';
import { PORT, serverFault, startPostgres } from '../postgres/start.ts';
import { settingsOf } from '../postgres/settings.ts';
import { findIsolation } from '../isolation.ts';
import { replaceFile } from '../writeFile.ts';
import { makePassage } from '../serverRoom.ts';
import { lastWords, runTool } from '../tool.ts';

export type { PostgresHandle } from '../postgres/handle.ts';

/** An empty cluster and room to work. */
const BASE_BYTES = 120 * 1024 * 1024;

/** Finds the binaries of the asked major, else fetches them on consent. */
async function choosePostgres(
  ports: EnginePorts,
  wanted: number | undefined,
  atLeast: number | undefined,
  signal: AbortSignal,
): Promise<{ readonly chosen: PostgresBinaries; readonly all: readonly PostgresBinaries[] }> {
  let all = await findPostgres(ports);
  const fitting = (list: readonly PostgresBinaries[]): PostgresBinaries | undefined =>
    list.find((each) => each.server && (wanted === undefined ? each.major >= (atLeast ?? 0) : each.major === wanted));
  let chosen = fitting(all);
  if (!chosen) {
    const major = wanted ?? Math.max(atLeast ?? 17, 12);
    await fetchPostgres(ports, major, signal);
    all = await findPostgres(ports);
    chosen = fitting(all);
    if (!chosen)
      throw new StageFault('inconclusive', `PostgreSQL ${major} was fetched, but does not run on this machine.`, {
        sandbox: true,
        code: 'no-binaries',
      });
  }
  return { chosen, all };
}

/** Provisions the cluster and waits until it answers. Faults are the sandbox's. */
export async function provisionPostgres(
  ports: EnginePorts,
  run: RunContext,
  found: readonly FoundBackup[],
): Promise<RunningSandbox> {
  const wanted = majorOf(run.plan.sandbox.version);
  const sources = found.map((each) => majorOf(each.record.sourceVersion)).filter((each) => each !== undefined);
  const { chosen, all } = await choosePostgres(
    ports,
    wanted,
    sources.length > 0 ? Math.max(...sources) : undefined,
    run.signal,
  );
  run.engine('postgres', chosen.version, chosen.from === 'package' ? 'package' : chosen.folder);
  await checkSpace(ports, run, found);
  const binaries = await reachable(ports, run, chosen);
  if (found.some((each) => each.record.format === 'physical')) {
    // The backup is the server's own folder: there is nothing to make but the place.
    const isolation = (await findIsolation(ports, run)).words;
    const handle: PostgresHandle = {
      address: { host: join(run.folder, 's'), port: PORT, user: 'postgres' },
      binaries,
      all,
      folder: run.folder,
      jobs: 1,
      databases: new Map(),
      superuser: true,
      isOurs: true,
      log: () => '',
    };
    return {
      kind: 'postgres',
      engine: 'postgres',
      version: chosen.version,
      address: `unix socket in ${handle.address.host}`,
      isolation,
      handle,
    };
  }
  const data = join(run.folder, 'data');
  const socket = join(run.folder, 's');
  await makePassage(ports, run, socket);
  // Making the cluster takes one core a while; what the start needs besides is got ready meanwhile.
  const [isolation] = await Promise.all([
    findIsolation(ports, run),
    makeCluster(ports, run, binaries, data),
    loadClient(),
  ]);
  const facts: { identifier?: string | undefined; version: string } = { version: chosen.version };
  const handle = await startPostgres(ports, run, binaries, all, data, socket, settingsOf(run, ports.machine), {
    isolation,
    onAnswer: async (client) => {
      facts.identifier = await systemIdentifier(client);
      facts.version = String(await queryValue(client, 'show server_version'));
    },
  });
  return {
    kind: 'postgres',
    engine: 'postgres',
    version: facts.version,
    address: `unix socket in ${socket}`,
    ...(facts.identifier === undefined ? {} : { systemIdentifier: facts.identifier }),
    ...(handle.isolation === undefined ? {} : { isolation: handle.isolation }),
    handle: { ...handle, spare: ['template1'] },
  };
}

/** An empty cluster in `data`, with its superuser, and nothing flushed: it is thrown away. */
async function makeCluster(
  ports: EnginePorts,
  run: RunContext,
  binaries: PostgresBinaries,
  data: string,
): Promise<void> {
  const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  if (binaries.major >= 14) args.push('--no-instructions');
  // On by default since 18, and of no use where nothing stays on the disk.
  if (binaries.major >= 18) args.push('--no-data-checksums');
  const init = await runTool(ports, run, join(binaries.folder, 'initdb'), args, { stage: 'provision', quiet: true });
  if (init.code !== 0)
    throw serverFault(`initdb of PostgreSQL ${binaries.version} failed: ${lastWords(init)}`, init.stderr);
  await replaceFile(ports, run, join(data, MARKER), await ports.files.readText(join(run.folder, MARKER)));
}

/** The leading number of a version: `15`, `15.4`, `15.4-R2`. */
export function majorOf(version: string | undefined): number | undefined {
  const found = version === undefined ? null : /(\d+)(?:\.(\d+))?/u.exec(version);
  return found ? Number(found[1]) : undefined;
}

/** Free space for the backup's copy, what it unpacks to, and the cluster; within the quota where there is one. */
export async function checkSpace(ports: EnginePorts, run: RunContext, found: readonly FoundBackup[]): Promise<void> {
  const stored = found.reduce((sum, each) => sum + (each.record.bytes ?? 0), 0);
  const staged = found.some((each) => each.record.uri.startsWith('s3:')) ? stored : 0;
  const needed = BASE_BYTES + staged + stored * 2;
  const quota = asText(run.plan.sandbox.raw['quota']);
  const limit = quota === undefined ? undefined : parseSize(quota);
  if (limit !== undefined && needed > limit) {
    throw new StageFault(
      'inconclusive',
      `The sandbox needs about ${megabytes(needed)}, its quota is ${quota ?? ''}; raise the quota.`,
      { sandbox: true, code: 'no-space' },
    );
  }
  const free = await ports.files.freeBytes(run.folder);
  if (free < needed) {
    throw new StageFault(
      'inconclusive',
      `There is not enough disk space for the sandbox at ${run.folder}: about ${megabytes(needed)} are needed, ${megabytes(free)} are free; free some, or set TMPDIR to a larger disk.`,
      { sandbox: true, code: 'no-space' },
    );
  }
}

/** Fetched binaries lie under the user's home, where an unprivileged user can't reach them: copied into the run's folder. */
async function reachable(ports: EnginePorts, run: RunContext, chosen: PostgresBinaries): Promise<PostgresBinaries> {
  if (!run.owner || chosen.from !== 'package') return chosen;
  const test = await runTool(ports, run, '/bin/sh', ['-c', '"$0" --version', join(chosen.folder, 'postgres')], {
    stage: 'provision',
    quiet: true,
  }).catch(() => undefined);
  if (test?.code === 0) return chosen;
  const target = join(run.folder, 'pg');
  const copied = await runTool(ports, run, 'cp', ['-R', join(chosen.folder, '..'), target], {
    stage: 'provision',
    asSelf: true,
  });
  if (copied.code !== 0)
    throw serverFault(
      `The server's programs could not be copied into the sandbox: ${lastWords(copied)}`,
      copied.stderr,
    );
  await ports.files.setOwner(target, run.owner);
  return { ...chosen, folder: join(target, 'bin') };
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}
