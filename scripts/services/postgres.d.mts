export interface PostgresInstallation {
  readonly bin: string;
  readonly major: number;
  readonly version: string;
  readonly hasClientTools: boolean;
}
export interface RunningPostgres extends PostgresInstallation {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Holds the data and the Unix socket. */
  readonly folder: string;
  url(database: string): string;
  /** The environment for the client tools. */
  environment(database: string): Record<string, string | undefined>;
  stop(): Promise<void>;
}
export interface StartOptions {
  readonly user?: string;
  readonly password?: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly port?: number;
}
export function unprivileged(): { readonly uid?: number; readonly gid?: number };
export function findPostgres(): PostgresInstallation[];
export function embeddedPostgres(log?: (line: string) => void): Promise<PostgresInstallation>;
export function startPostgres(installation: PostgresInstallation, options?: StartOptions): Promise<RunningPostgres>;
export function npmCommand(): string;
export function npmPrefix(): string[];
