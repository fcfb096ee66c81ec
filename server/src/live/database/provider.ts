/** All database look-ups of a run: one connection a server, TLS unless it is local, a password only to approved hosts. */
import { databaseNamed, type DatabaseTarget } from '../../core/drift/environment.ts';
import { durationMs } from '../../core/drift/expected.ts';
import type { LookupRequest, Observation, PlannedCall, Unknown } from '../../core/drift/observation.ts';
import type { ApprovedHosts, Clock, Files, Secrets } from '../../core/ports.ts';
import { notApproved } from '../hosts.ts';
import { limited, OutOfTime, untilAborted } from '../limits.ts';
import type { Provider, Run } from '../reader.ts';
import { codeOf, NO_TLS, ONLY_TLS, type Connection, type DatabaseEngine, type TlsMode } from './engine.ts';
import { withoutSecretSettings } from './secretSettings.ts';
import { databaseEngine, DATABASE_ENGINES } from './table.ts';

export interface DatabaseDependencies {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly allowedHosts: ApprovedHosts;
  readonly callTimeoutMs: number;
  /** For CA certificates. */
  readonly files: Pick<Files, 'readText'> | undefined;
}

export function createDatabaseProvider(dependencies: DatabaseDependencies): Provider {
  return {
    id: 'database',
    plan: (requests, environment) =>
      requests.flatMap((request): PlannedCall[] => {
        const target = databaseNamed(environment, request.id);
        const { asked } = withoutSecretSettings(request.facts);
        return Object.entries(databaseEngine(request.kind)?.calls(asked, target) ?? {}).map(([what, count]) => ({
          call: `${request.kind.slice('database/'.length)}:${what}`,
          count,
          serves: [request.id],
        }));
      }),
    look: async (requests, environment, run) =>
      await Promise.all(
        requests.map(async (request) => {
          const at = (): string => new Date(dependencies.clock.now()).toISOString();
          const unknown = (why: Unknown): Observation => ({ state: 'unknown', unknown: why, at: at(), source: 'live' });
          const engine = databaseEngine(request.kind);
          if (!engine) {
            return unknown({
              reason: 'unsupported',
              detail: `${request.kind} can't be looked up; known are ${DATABASE_ENGINES.map((each) => each.kind).join(', ')}`,
            });
          }
          if (environment === undefined)
            return unknown({
              reason: 'no-credentials',
              detail: 'no environment says where it is; add an Environment document',
            });
          const target = databaseNamed(environment, request.id);
          if (!target)
            return unknown({
              reason: 'undecided',
              detail: `the environment ${request.environment} has no host for a database ${request.id} under databases`,
            });
          try {
            const facts = await ask(engine, target, request, run, dependencies);
            return {
              state: 'found',
              facts,
              at: at(),
              source: 'live',
              ...(target.user === undefined ? {} : { by: target.user }),
            };
          } catch (error) {
            return unknown(meaningOf(error, engine, target, tlsOf(target)));
          }
        }),
      ),
  };
}

class Refused extends Error {
  readonly unknown: Unknown;
  constructor(unknown: Unknown) {
    super(unknown.detail);
    this.unknown = unknown;
  }
}

async function ask(
  engine: DatabaseEngine,
  target: DatabaseTarget,
  request: LookupRequest,
  run: Run,
  dependencies: DatabaseDependencies,
): ReturnType<DatabaseEngine['read']> {
  if (!dependencies.allowedHosts.isApproved(target.host)) throw new Refused(notApproved(target.host));
  const password = target.password && (await dependencies.secrets.read(target.password));
  if (target.password && password === undefined) {
    throw new Refused({
      reason: 'no-credentials',
      detail: `its password is not there: ${target.password.env === undefined ? `the file ${target.password.file ?? ''} can't be read` : `${target.password.env} is not set`}`,
    });
  }
  const ca = target.ca === undefined ? undefined : await authority(target.ca, dependencies);
  const timeoutMs = Math.min(durationMs(target.timeout) ?? Infinity, dependencies.callTimeoutMs);
  const { asked, withheld } = withoutSecretSettings(request.facts);
  return await run.gate(target.host, async () => {
    const name = engine.kind.slice('database/'.length);
    const seconds = String(dependencies.callTimeoutMs / 1000);
    const limit = limited(
      dependencies.clock,
      run.signal,
      dependencies.callTimeoutMs,
      `${target.host} did not answer within ${seconds} s`,
    );
    const connection: Connection = {
      target,
      password,
      tls: tlsOf(target),
      ca,
      timeoutMs,
      signal: limit.signal,
      count: (what) => run.count(`${name}:${what}`),
    };
    try {
      return { ...(await untilAborted(limit.signal, engine.read(connection, asked))), ...withheld };
    } catch (error) {
      if (limit.signal.aborted) throw limit.signal.reason;
      throw (await otherTls(engine, connection, error)) ?? error;
    } finally {
      limit.done();
    }
  });
}

/** Where TLS may be what kept them apart: a server that answers the other way is told by that, with no secret sent. */
async function otherTls(engine: DatabaseEngine, connection: Connection, error: unknown): Promise<Refused | undefined> {
  const { target, timeoutMs, signal } = connection;
  const known = meaningOf(error, engine, target, connection.tls);
  if (!engine.answers || !['timeout', 'unreachable'].includes(known.reason) || NOBODY.test(known.detail))
    return undefined;
  if (certificateProblem(codeOf(error), error instanceof Error ? error.message : '') !== undefined) return undefined;
  const isPlain = connection.tls === 'off';
  const asking = engine.answers({
    ...connection,
    target: { ...target, user: undefined },
    password: undefined,
    tls: isPlain ? 'require' : 'off',
    timeoutMs: timeoutMs / 2,
  });
  if (!(await untilAborted(signal, asking).catch(() => false))) return undefined;
  const where = placeOf(target, engine);
  return new Refused({ reason: 'unreachable', detail: `${where} ${isPlain ? ONLY_TLS : NO_TLS}` });
}

/** Nobody is there at all, with TLS or without. */
const NOBODY = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT/;

function placeOf(target: DatabaseTarget, engine: DatabaseEngine): string {
  return `${target.host}:${String(target.port ?? engine.defaultPort)}`;
}

/** A certificate that can't be read must not become a connection that trusts anybody. */
async function authority(path: string, { files }: DatabaseDependencies): Promise<string> {
  try {
    if (!files) throw new Error('no files');
    return await files.readText(path);
  } catch {
    throw new Refused({ reason: 'unreachable', detail: `its CA certificate ${path} can't be read` });
  }
}

const LOCAL = /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]|\/.*)$/i;

/** TLS with a verified name unless the server is local or the document says otherwise. */
function tlsOf(target: DatabaseTarget): TlsMode {
  switch (target.tls) {
    case undefined:
      return LOCAL.test(target.host) ? 'off' : 'verify-full';
    case 'disable':
    case 'off':
    case 'none':
      return 'off';
    case 'require':
    case 'prefer':
    case 'allow':
      return 'require';
    case 'verify-ca':
      return 'verify-ca';
    default:
      return 'verify-full';
  }
}

const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOENT|PROTOCOL_CONNECTION_LOST|EPROTO)$/;
const TLS =
  /^(CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*|ERR_TLS_.*|ERR_SSL_.*|HANDSHAKE_SSL_ERROR|HANDSHAKE_NO_SSL_SUPPORT)$/;

/** What is wrong with a certificate and what to do, for the ways in which one is refused; undefined for others. */
function certificateProblem(code: string, message: string): string | undefined {
  if (code === 'CERT_HAS_EXPIRED' || /certificate has expired/i.test(message))
    return 'shows a certificate that has expired; renew it on the server';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || /altnames|does not match certificate/i.test(message))
    return 'shows a certificate for another host; ask by the name in it, or set `tls: verify-ca`';
  if (
    /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_.*|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE)$/.test(
      code,
    ) ||
    /self[- ]signed certificate|unable to (?:get|verify)/i.test(message)
  )
    return "shows a certificate of an authority that is not trusted; name that authority's certificate as `ca`";
  return undefined;
}

function meaningOf(error: unknown, engine: DatabaseEngine, target: DatabaseTarget, tls: TlsMode): Unknown {
  if (error instanceof Refused) return error.unknown;
  const where = placeOf(target, engine);
  if (error instanceof OutOfTime) return { reason: 'timeout', detail: error.message };
  const known = engine.meaning(error, tls);
  if (known) return { ...known, detail: `${known.detail} (${where})` };
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  if (code === 'ETIMEDOUT' || /timeout|timed out/i.test(message))
    return { reason: 'timeout', detail: `${where} did not answer in time` };
  const refused = certificateProblem(code, message);
  if (refused !== undefined) return { reason: 'unreachable', detail: `${where} ${refused} (${code || 'TLS'})` };
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT' || /does not support SSL/i.test(message))
    return { reason: 'unreachable', detail: `${where} ${NO_TLS}` };
  if (TLS.test(code) || /SSL|TLS|certificate/i.test(message))
    return {
      reason: 'unreachable',
      detail: `${where} can't be spoken to over TLS (${code || 'no TLS there'}); see \`tls\` in the environment`,
    };
  if (NETWORK.test(code)) return { reason: 'unreachable', detail: `${where} can't be reached (${code})` };
  return { reason: 'unreachable', detail: `${where} gave no whole answer${code === '' ? '' : ` (${code})`}` };
}
