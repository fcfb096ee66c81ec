/** What a database engine's reader is: one connection, read-only, that answers the facts asked for. */
import type { DatabaseTarget } from '../../core/drift/environment.ts';
import type { Fact, Unknown } from '../../core/drift/observation.ts';

/** How to connect; the password is handed in and goes nowhere else. */
export interface Connection {
  readonly target: DatabaseTarget;
  readonly password: string | undefined;
  readonly tls: TlsMode;
  /** PEM text of the certificate authority that the environment names. */
  readonly ca: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Counts a round trip: `connect`, `query`. */
  readonly count: (what: string) => void;
}

export type TlsMode = 'off' | 'require' | 'verify-ca' | 'verify-full';

export interface DatabaseEngine {
  readonly kind: string;
  readonly defaultPort: number;
  /** Round trips that these facts take, by what `Connection.count` counts; what a server brings with it is not known before. */
  calls(facts: readonly string[], target: DatabaseTarget | undefined): Readonly<Record<string, number>>;
  /** Grants that answer these facts, ready to run, for `user`. */
  grants(user: string, facts: readonly string[]): readonly string[];
  /** Reads the facts. Rejects with an error of the driver where it can't connect. */
  read(connection: Connection, facts: readonly string[]): Promise<Readonly<Record<string, Fact>>>;
  /** What an error of the driver means, by a connection over this TLS; undefined where it isn't one that this engine knows. */
  meaning(error: unknown, tls?: TlsMode): Unknown | undefined;
  /**
   * Does a server of this engine answer there, with or without TLS as `connection` says? Asked without user and password,
   * where the protocol doesn't tell by itself what is wrong. Left out: it does.
   */
  readonly answers?: (connection: Connection) => Promise<boolean>;
}

/** Said of a server that takes no connection without TLS, and of one that takes none with it. */
export const ONLY_TLS = 'speaks TLS alone; set `tls: verify-full` in the environment';
export const NO_TLS =
  'speaks no TLS; turn TLS on there, or set `tls: disable` in the environment where the way to it is private';

export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
  readonly ca?: string;
  readonly checkServerIdentity?: () => undefined;
}

/** The TLS options of Node for a mode; undefined is no TLS. */
export function tlsOptions(mode: TlsMode, host: string, ca?: string): TlsOptions | undefined {
  if (mode === 'off') return undefined;
  const servername = { ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }), ...(ca === undefined ? {} : { ca }) };
  if (mode === 'require') return { rejectUnauthorized: false, ...servername };
  if (mode === 'verify-ca') return { rejectUnauthorized: true, ...servername, checkServerIdentity: () => undefined };
  return { rejectUnauthorized: true, ...servername };
}

/** The `code` of a driver's or the platform's error. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' || typeof code === 'number') return String(code);
  const inner =
    typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)
      ? (error.errors[0] as unknown)
      : error instanceof Error
        ? error.cause
        : undefined;
  return inner === undefined ? '' : codeOf(inner);
}

/** Name of the fact that a list of names is only what this user may see; its value is the privilege to ask for. */
export { UNSEEN_FACT } from '../../core/drift/kinds/database/unseen.ts';

/** How many of these facts, and whether any setting among them, are asked for. */
export function asked(facts: readonly string[], ...names: readonly string[]): number {
  return names.filter((name) => facts.includes(name)).length;
}
export function settingsIn(facts: readonly string[]): readonly string[] {
  return facts.filter((fact) => fact.startsWith('setting:')).map((fact) => fact.slice('setting:'.length));
}

/** One fact from a query; a refusal is that fact's alone, and so is an answer of the server that has no other meaning. */
export async function queried(
  ask: () => Promise<unknown>,
  meaning: (error: unknown) => Unknown | undefined,
): Promise<Fact> {
  try {
    return { value: await ask() };
  } catch (error) {
    const unknown = meaning(error) ?? answered(error);
    if (!unknown) throw error;
    return { unknown };
  }
}

/** An error that the server itself gave (SQLSTATE, `ER_…`, a number): the connection lives on. */
function answered(error: unknown): Unknown | undefined {
  const code = codeOf(error);
  if (!/^(?:[0-9A-Z]{5}|ER_\w+|\d+)$/.test(code)) return undefined;
  return { reason: 'undecided', detail: `the server answered with the error ${code}` };
}
