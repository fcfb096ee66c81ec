/** A sandbox that is anything a document or an environment names is refused: by address before, by identity afterwards. */
import type { NamedServer, RestorePlan, RunContext, RunningSandbox } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import { asText } from '../core/references/read.ts';
import type { EnginePorts } from './ports.ts';
import { mariadbIdentity, withMariadb } from './mariadb/connection.ts';
import { systemIdentifier, withClient } from './postgres/connection.ts';

const LOOPBACK = /^(?:(?:[\w.-]+\.)?localhost|127(?:\.\d+){3}|::1|\[::1\]|0\.0\.0\.0|ip6-localhost)$/iu;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { postgres: 5432, mysql: 3306, mariadb: 3306 };

/** One sentence where the sandbox's address is that of a server that is named; undefined where not. */
export function refuseProduction(plan: RestorePlan): string | undefined {
  const host = asText(plan.sandbox.raw['host']) ?? asText(plan.sandbox.raw['socket']);
  if (host === undefined) return undefined;
  const port = Number(asText(plan.sandbox.raw['port']) ?? DEFAULT_PORTS[plan.sandbox.engine] ?? 0);
  for (const named of plan.named) {
    const other = named.port ?? DEFAULT_PORTS[named.engine] ?? 0;
    if (sameHost(host, named.host) && (port === other || !LOOPBACK.test(host))) {
      return `The sandbox${plan.sandbox.use === undefined ? '' : ` "${plan.sandbox.use}"`} is at ${host}:${port}, which is ${named.name}: a dry run never restores into a server that a document names. Give it a server of its own.`;
    }
  }
  return undefined;
}

function sameHost(left: string, right: string): boolean {
  if (LOOPBACK.test(left) && LOOPBACK.test(right)) return true;
  return left.toLowerCase().replace(/\.$/u, '') === right.toLowerCase().replace(/\.$/u, '');
}

/** Compares the sandbox's identity with that of every named server that can be asked: a tunnel on localhost looks local. */
export async function refuseSameServer(ports: EnginePorts, run: RunContext, sandbox: RunningSandbox): Promise<void> {
  if (sandbox.kind !== 'server') return;
  const unasked: string[] = [];
  for (const named of run.plan.named) {
    if (familyOf(named.engine) !== familyOf(sandbox.engine)) continue;
    const identity = sandbox.systemIdentifier === undefined ? undefined : await identityOf(ports, named);
    if (identity === undefined) unasked.push(named.name);
    else if (identity === sandbox.systemIdentifier) {
      throw new StageFault(
        'failed',
        `The sandbox is ${named.name} under another address: both have the system identifier ${identity}. Nothing was restored; give the dry run a server of its own.`,
        { code: 'refused' },
      );
    }
  }
  if (unasked.length > 0)
    run.note({
      severity: 'warning',
      code: 'identity-unknown',
      message: `Whether the sandbox is the same server as ${unasked.join(', ')} was told by address only: their identity could not be asked.`,
    });
}

/** MariaDB and MySQL are asked the same way, and a URL may name one as the other. */
function familyOf(engine: string): string {
  return engine === 'mariadb' ? 'mysql' : engine;
}

async function identityOf(ports: EnginePorts, named: NamedServer): Promise<string | undefined> {
  // A password goes where the person allows it: a name that is usually this machine may be resolved to another.
  if (!ports.hosts.isApproved(named.host)) return undefined;
  const password = named.password ? await ports.secrets.read(named.password) : undefined;
  const ssl =
    named.tls === undefined || named.tls === 'disable' ? false : { rejectUnauthorized: named.tls !== 'require' };
  const reached = { host: named.host, ...(password === undefined ? {} : { password }) };
  try {
    if (familyOf(named.engine) === 'mysql') {
      const place = named.host.startsWith('/') ? { socketPath: named.host } : { ...reached, port: named.port ?? 3306 };
      const address = {
        ...place,
        user: named.user ?? 'root',
        ...(ssl === false ? {} : { ssl }),
        ...(password === undefined ? {} : { password }),
      };
      return await withMariadb(address, undefined, mariadbIdentity);
    }
    if (named.engine !== 'postgres') return undefined;
    return await withClient(
      { ...reached, port: named.port ?? 5432, user: named.user ?? 'postgres', ssl },
      named.database ?? 'postgres',
      systemIdentifier,
    );
  } catch {
    return undefined;
  }
}
