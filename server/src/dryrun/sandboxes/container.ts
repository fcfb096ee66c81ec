/** A database server in a container of docker or podman: no network, no capability, its socket and its data in the run's folder. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FoundBackup, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { asText } from '../../core/references/read.ts';
import { ask, findEngine, haveImage, type ContainerEngine } from '../containers/engine.ts';
import { checkMariadb } from '../mariadb/checks.ts';
import { mariadbValue, withMariadb } from '../mariadb/connection.ts';
import type { EnginePorts } from '../ports.ts';
import { findPostgres } from '../postgres/binaries.ts';
import { checkPostgres } from '../postgres/checks.ts';
import { queryValue, systemIdentifier, withClient } from '../postgres/connection.ts';
import { jobsOf, settingsOf } from '../postgres/settings.ts';
import { answering, PORT } from '../postgres/start.ts';
import { lastWords } from '../tool.ts';
import { makePassage } from '../serverRoom.ts';
import { makeFolder, replaceFile } from '../writeFile.ts';
import { clientOf, type MariadbHandle } from './mariadb.ts';
import { checkSpace, majorOf, type PostgresHandle } from './postgres.ts';
import type { Sandbox } from './sandbox.ts';

const READY_MS = 120_000;
const ISOLATION = 'a container without a network, Unix sockets only';

interface Running {
  readonly engine: ContainerEngine;
  readonly name: string;
  /** Seen under the same path inside and outside. */
  readonly folder: string;
  readonly image: string;
}

async function provision(ports: EnginePorts, run: RunContext, found: readonly FoundBackup[]): Promise<RunningSandbox> {
  const { engine } = run.plan.sandbox;
  if (engine !== 'postgres' && engine !== 'mariadb' && engine !== 'mysql')
    throw unsupported(`A container sandbox of ${engine} is not possible; postgres, mariadb and mysql are.`);
  const chosen = await findEngine(ports, run);
  await checkSpace(ports, run, found);
  const image = asText(run.plan.sandbox.raw['image']) ?? `docker.io/library/${engine}:${versionFor(run, found)}`;
  await haveImage(ports, run, chosen, image);
  run.engine(chosen.name, chosen.version, chosen.program);
  const folder = join(run.folder, 'c');
  for (const each of [folder, join(folder, 's')]) await makePassage(ports, run, each);
  await makeFolder(ports, run, join(folder, 'tmp'));
  const name = `drillbook-${randomBytes(6).toString('hex')}`;
  const running: Running = { engine: chosen, name, folder, image };
  // Written down before it is made: a killed run's container is removed by the next one.
  await run.made({ kind: 'container', program: chosen.program, name });
  return engine === 'postgres'
    ? await startPostgres(ports, run, running)
    : await startMariadb(ports, run, running, engine);
}

/** The major that the dry run asks for, else that of the backup. */
function versionFor(run: RunContext, found: readonly FoundBackup[]): string {
  const source = found.map((each) => majorOf(each.record.sourceVersion)).find((each) => each !== undefined);
  return run.plan.sandbox.version ?? (source === undefined ? 'latest' : String(source));
}

/** Starts the container with `script` in place of the image's own beginning, which would wait for settings of its own. */
async function start(
  ports: EnginePorts,
  run: RunContext,
  running: Running,
  script: string,
  args: readonly string[],
): Promise<void> {
  const { engine, name, folder, image } = running;
  const accounts = await accountsFor(ports, run, running);
  const result = await ask(
    ports,
    engine.program,
    [
      ...['run', '--detach', '--name', name, '--network', 'none', '--cap-drop', 'ALL'],
      ...['--security-opt', 'no-new-privileges', '--pull', 'never', '--workdir', '/tmp', '--env', 'LC_ALL=C'],
      ...[
        '--volume',
        `${folder}:${folder}`,
        ...accounts,
        '--entrypoint',
        '/bin/sh',
        image,
        '-c',
        script,
        'sh',
        ...args,
      ],
    ],
    { signal: run.signal, timeoutMs: READY_MS },
  );
  if (result.code !== 0)
    throw new StageFault(
      'inconclusive',
      `The container of ${image} could not be started: ${engine.name} says "${ports.secrets.redact(lastWords(result, 2))}".`,
      { sandbox: true, output: result.stderr },
    );
}

/** The user inside is the one who owns the run's folder outside; databases want it to have a name. */
async function accountsFor(
  ports: EnginePorts,
  run: RunContext,
  { engine, folder }: Running,
): Promise<readonly string[]> {
  const passwd = join(folder, 'passwd');
  const id = await ports.processes.run('id', ['-u'], { env: ports.processes.cleanEnvironment(), timeoutMs: 5000 });
  const uid = run.owner?.uid ?? Number(id.stdout.trim());
  const gid = run.owner?.gid ?? uid;
  await replaceFile(ports, run, passwd, `root:x:0:0::/:/bin/sh\ndrillbook:x:${uid}:${gid}::/tmp:/bin/sh\n`);
  await ports.files.setMode(passwd, 0o644);
  // Rootless docker maps root inside to us outside, and nobody else.
  if (engine.rootless && engine.name === 'docker') return [];
  const mapped = engine.rootless ? ['--userns', 'keep-id'] : [];
  return ['--user', `${uid}:${gid}`, ...mapped, '--volume', `${passwd}:/etc/passwd:ro`];
}

const FIND =
  'for d in /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /opt/*/postgresql/bin; do PATH="$PATH:$d"; done; export PATH';

async function startPostgres(ports: EnginePorts, run: RunContext, running: Running): Promise<RunningSandbox> {
  const { folder } = running;
  const socket = join(folder, 's');
  const data = join(folder, 'data');
  const script = `${FIND}; initdb -D '${data}' -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null && exec postgres "$@"`;
  const args = ['-D', data, '-k', socket, '-p', String(PORT)];
  for (const [name, value] of Object.entries(settingsOf(run, ports.machine))) args.push('-c', `${name}=${value}`);
  await start(ports, run, running, script, args);
  const address = await answering(ports, run, {
    address: { host: socket, port: PORT, user: 'postgres' },
    users: ['postgres'],
    name: `The server in the container of ${running.image}`,
    readyMs: READY_MS,
    hasEnded: async () => await hasEnded(ports, running),
    log: async () => await logOf(ports, running),
  });
  const facts = await withClient(address, 'postgres', async (client) => ({
    version: String(await queryValue(client, 'show server_version')),
    identifier: await systemIdentifier(client),
  }));
  const major = majorOf(facts.version) ?? 0;
  refuseOther(
    run,
    `PostgreSQL ${facts.version}`,
    major === (majorOf(run.plan.sandbox.version) ?? major),
    running.image,
  );
  run.engine('postgres', facts.version, running.image);
  const handle: PostgresHandle = {
    address,
    binaries: { major, version: facts.version, folder: '', server: true, client: false, from: 'container' },
    all: await findPostgres(ports),
    folder,
    ...(run.owner ? { owner: run.owner } : {}),
    jobs: jobsOf(ports.machine),
    databases: new Map(),
    superuser: true,
    isOurs: true,
    isolation: ISOLATION,
    log: () => '',
  };
  return {
    kind: 'container',
    engine: 'postgres',
    version: facts.version,
    address: `unix socket of container ${running.name}`,
    ...(facts.identifier === undefined ? {} : { systemIdentifier: facts.identifier }),
    isolation: ISOLATION,
    handle,
  };
}

async function startMariadb(
  ports: EnginePorts,
  run: RunContext,
  running: Running,
  flavour: 'mariadb' | 'mysql',
): Promise<RunningSandbox> {
  const { folder } = running;
  const data = join(folder, 'data');
  const socket = join(folder, 's', 'm.sock');
  const make =
    flavour === 'mariadb'
      ? `mariadb-install-db --no-defaults --datadir='${data}' --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve >/dev/null && exec mariadbd "$@"`
      : `mysqld --no-defaults --initialize-insecure --datadir='${data}' && exec mysqld "$@"`;
  const options = [
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--tmpdir=${join(folder, 'tmp')}`,
    `--pid-file=${join(folder, 's', 'm.pid')}`,
  ];
  const flags = [
    '--skip-networking',
    '--skip-log-bin',
    '--event-scheduler=OFF',
    '--local-infile=0',
    '--max-allowed-packet=1G',
  ];
  await start(ports, run, running, make, ['--no-defaults', ...options, ...flags]);
  const address = { socketPath: socket, user: 'root' };
  const deadline = ports.clock.now() + READY_MS;
  let version: string | undefined;
  while (version === undefined) {
    run.signal.throwIfAborted();
    version = await withMariadb(address, undefined, async (connection) =>
      String(await mariadbValue(connection, 'select version()')),
    ).catch(() => undefined);
    if (version !== undefined) break;
    if ((await hasEnded(ports, running)) || ports.clock.now() > deadline)
      throw new StageFault(
        'inconclusive',
        `The server in the container of ${running.image} did not start: ${(await logOf(ports, running)).trim().split('\n').slice(-2).join(' ')}`,
        { sandbox: true },
      );
    await new Promise<void>((resolve) => ports.clock.after(100, resolve));
  }
  const wanted = run.plan.sandbox.version;
  refuseOther(run, version, wanted === undefined || version.startsWith(wanted), running.image);
  run.engine(flavour, version, running.image);
  const client = await clientOf(ports, flavour);
  const handle: MariadbHandle = {
    flavour,
    server: running.image,
    version,
    ...(client === undefined ? {} : { client }),
    data,
    address,
    databases: new Map(),
  };
  const place = `unix socket of container ${running.name}`;
  return { kind: 'container', engine: flavour, version, address: place, isolation: ISOLATION, handle };
}

function refuseOther(run: RunContext, is: string, fits: boolean, image: string): void {
  if (!fits)
    throw new StageFault(
      'inconclusive',
      `The image ${image} holds ${is}, the dry run asks for ${run.plan.sandbox.version ?? ''}; name another image.`,
      { sandbox: true, code: 'no-binaries' },
    );
}

async function hasEnded(ports: EnginePorts, { engine, name }: Running): Promise<boolean> {
  const answer = await ask(ports, engine.program, ['inspect', '--format', '{{.State.Running}}', name]);
  return answer.stdout.trim() !== 'true';
}

async function logOf(ports: EnginePorts, { engine, name }: Running): Promise<string> {
  const answer = await ask(ports, engine.program, ['logs', '--tail', '50', name]);
  return ports.secrets.redact(`${answer.stdout}\n${answer.stderr}`);
}

function unsupported(message: string): StageFault {
  return new StageFault('inconclusive', message, { code: 'unsupported' });
}

export const container: Sandbox = {
  kind: 'container',
  hasServer: true,
  provision,
  check: async (ports, run, sandbox, check) =>
    sandbox.engine === 'postgres'
      ? await checkPostgres(ports, run, sandbox.handle as PostgresHandle, check)
      : await checkMariadb(ports, run, sandbox, check),
};
