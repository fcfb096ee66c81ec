/** How a database server that the team names is reached; its password is read when it is needed, and never written into a lease. */
import { StageFault } from '../../core/recovery/stageFault.ts';
import { secret } from '../../core/recovery/dryRunPlan/values.ts';
import { asText, type PlainMap } from '../../core/references/read.ts';
import type { EnginePorts } from '../ports.ts';

export interface Reach {
  /** A host, or the path of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly ssl: false | { readonly rejectUnauthorized: boolean };
}

/** Rejects where the host was not approved for a password. */
export async function reachOf(
  ports: EnginePorts,
  raw: PlainMap,
  usual: { readonly port: number; readonly user: string },
): Promise<Reach> {
  const host = asText(raw['socket']) ?? asText(raw['host']) ?? '127.0.0.1';
  if (!host.startsWith('/') && !ports.hosts.isApproved(host))
    throw new StageFault(
      'inconclusive',
      `The host ${host} of the sandbox is not approved for sending a password to: approve it with --allow-host ${host}.`,
      { code: 'unchecked/host-not-approved' },
    );
  const password = raw['password'] === undefined ? undefined : await ports.secrets.read(secret(raw['password']));
  const tls = asText(raw['tls']);
  const local = host.startsWith('/') || /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/u.test(host);
  const ssl = tls === 'disable' || (tls === undefined && local) ? false : { rejectUnauthorized: tls !== 'require' };
  return {
    host,
    port: Number(asText(raw['port']) ?? usual.port),
    user: asText(raw['user']) ?? usual.user,
    ...(password === undefined ? {} : { password }),
    ssl,
  };
}
