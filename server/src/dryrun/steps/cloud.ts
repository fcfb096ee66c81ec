/** What the runbook's own steps have of the cloud: a session that can only read, and a gate to the cloud's API alone; or neither. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Gate, Gates, GateTarget } from '../../core/ports.ts';
import type { RunContext } from '../../core/recovery/engine.ts';
import { findLoopback, type Isolation } from '../isolation.ts';
import type { EnginePorts } from '../ports.ts';
import { sandboxNamed } from '../sandboxes/table.ts';
import { verdictOf, type CloudHosts } from './cloudHosts.ts';
import { openReadOnlySession, type ReadOnlySession } from './cloudSession.ts';

/** The cloud as steps see it. */
export interface StepsCloud {
  readonly isolation: Isolation;
  readonly gates: Gates;
  /** The gate's socket. */
  readonly socket: string;
  /** Credentials and the way to the gate; what a runbook says of these names does not count. */
  readonly variables: Readonly<Record<string, string>>;
  /** How often a host that they may reach could not be, and why the last time. */
  unreached(): Unreached;
  /** Closes the gate and notes what went through it. Never rejects. */
  close(): Promise<void>;
}

export interface Unreached {
  readonly times: number;
  readonly why: string;
}

/** Hosts that are told by name; of a script that tries a thousand, the others are counted. */
const TOLD = 10;

/** Opens it for as long as the steps may take (`wantedMs`); where there is to be nothing, the record says why. */
export async function openCloud(
  ports: EnginePorts,
  run: RunContext,
  wantedMs: number,
): Promise<StepsCloud | undefined> {
  const opened = await tryOpen(ports, run, wantedMs);
  if (!('why' in opened)) return opened;
  run.note({
    severity: 'information',
    code: 'no-cloud-credentials',
    message: `The steps had no cloud credentials and no way to the cloud: ${opened.why}.`,
  });
  return undefined;
}

async function tryOpen(
  ports: EnginePorts,
  run: RunContext,
  wantedMs: number,
): Promise<StepsCloud | { readonly why: string }> {
  const { role, backups, sandbox, named } = run.plan;
  const { gates } = ports;
  if (!role) return { why: 'the runbook names no restore role ("restore.role")' };
  const bucket = backups.map((each) => each.location).find((each) => each.kind === 'bucket');
  const account = bucket?.access ?? role.access;
  if (!account) return { why: 'no environment says where the account of the restore role is' };
  if (sandbox.kind === 'server')
    return { why: "the sandbox is a server of yours, so the network can't be taken from them" };
  if (run.owner && !run.server && sandboxNamed(sandbox.kind).hasServer)
    return {
      why: 'no user is left here to run them as, apart from the server that the backup is restored into: run where root may use 65,536 users',
    };
  if (!gates) return { why: 'nothing here leads them there' };
  const isolation = await findLoopback(ports, run, gates);
  if ('why' in isolation) return isolation;
  const session = await openReadOnlySession(ports, run, account, wantedMs);
  if ('why' in session) return session;
  const log = createLog();
  const hosts: CloudHosts = {
    ...(session.endpoint === undefined ? {} : { endpoint: session.endpoint }),
    regions: [
      ...new Set([session.region, ...(bucket?.region === undefined ? [] : [bucket.region]), ...(role.regions ?? [])]),
    ],
    named,
  };
  const { socket, gate } = await openGate(ports, run, gates, hosts, log);
  return {
    isolation,
    gates,
    socket,
    variables: variablesOf(session, gates),
    unreached: () => log.unreached,
    close: async () => {
      await gate.close();
      noteOf(run, session, log);
    },
  };
}

function variablesOf(
  { credentials, region, endpoint }: ReadOnlySession,
  gates: Gates,
): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
    AWS_EC2_METADATA_DISABLED: 'true',
    // Some programs read the one spelling, some the other.
    ...Object.fromEntries(
      ['HTTPS_PROXY', 'HTTP_PROXY'].flatMap((name) => [
        [name, gates.address],
        [name.toLowerCase(), gates.address],
      ]),
    ),
    NO_PROXY: '',
    no_proxy: '',
  };
}

/**
 * The socket lies beside the run's folder, not in it: there the sandbox's user could put a link in its place while it is handed
 * over. The name can't be guessed, so nobody made it before us.
 */
async function openGate(
  ports: EnginePorts,
  run: RunContext,
  gates: Gates,
  hosts: CloudHosts,
  log: Log,
): Promise<{ readonly socket: string; readonly gate: Gate }> {
  const folder = `${run.folder}${randomBytes(8).toString('hex')}`;
  await run.made({ kind: 'folder', path: folder });
  await ports.files.makeFolder(folder);
  await ports.files.setMode(folder, run.owner ? 0o711 : 0o700);
  const socket = join(folder, 's');
  const gate = await gates.open(socket, {
    verdict: (target) => verdictOf(hosts, target),
    onReached: (target) => log.reached(target),
    onRefused: (target, why) => log.refused(target, why),
    onUnreachable: (_target, why) => log.unreachable(why),
  });
  try {
    await ports.files.setMode(socket, 0o600);
    if (run.owner) await ports.files.setOwner(socket, run.owner);
  } catch (error) {
    await gate.close();
    throw error;
  }
  return { socket, gate };
}

interface Log {
  reached(target: GateTarget): void;
  refused(target: GateTarget, why: string): void;
  unreachable(why: string): void;
  readonly unreached: Unreached;
  /** Places and how often, in the order of the first time. */
  readonly allReached: ReadonlyMap<string, number>;
  readonly allRefused: ReadonlyMap<string, number>;
}

function createLog(): Log {
  const allReached = new Map<string, number>();
  const allRefused = new Map<string, number>();
  let unreached: Unreached = { times: 0, why: '' };
  const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  return {
    allReached,
    allRefused,
    get unreached() {
      return unreached;
    },
    unreachable: (why) => void (unreached = { times: unreached.times + 1, why: why.slice(0, 200) }),
    reached: ({ host, port }) => count(allReached, `${host}:${port}`),
    // What a script makes up has no end: from some point on they are one.
    refused: (_target, why) => {
      const what = why.slice(0, 200);
      count(allRefused, allRefused.size < TOLD || allRefused.has(what) ? what : 'others');
    },
  };
}

function noteOf(run: RunContext, session: ReadOnlySession, log: Log): void {
  const minutes = Math.round(session.seconds / 60);
  run.note({
    severity: 'information',
    code: 'cloud-access',
    message: `The steps had the rights of ${session.arn} (as ${session.used}), read-only, for at most ${minutes} min, and reached ${worded(log.allReached, ', ') || 'no host'}.`,
  });
  if (log.allRefused.size > 0)
    run.note({
      severity: 'warning',
      code: 'cloud-refused',
      message: `The steps asked for hosts that they may not reach, and were refused: ${worded(log.allRefused, '; ')}.`,
    });
}

function worded(counted: ReadonlyMap<string, number>, between: string): string {
  return [...counted].map(([what, times]) => (times === 1 ? what : `${what} (${times} times)`)).join(between);
}
