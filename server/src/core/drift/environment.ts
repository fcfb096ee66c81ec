/** An Environment document as the look-ups need it: accounts, databases and sources, never a secret. */
import type { SecretReference } from '../ports.ts';
import { entriesOf, field, listOf, textOf } from './expected.ts';

/** Where an environment comes from: its name, the file it stands in and its document as plain data. */
export interface EnvironmentSource {
  readonly name: string;
  /** Path from the workspace root. */
  readonly file: string;
  readonly value: unknown;
}

export interface AwsAccount {
  readonly alias: string;
  /** Twelve digits: the guard; undefined where the document names none. */
  readonly id: string | undefined;
  readonly profile: string | undefined;
  readonly assumeRole: string | undefined;
  readonly externalId: string | undefined;
  readonly accessKeyId: SecretReference | undefined;
  readonly secretAccessKey: SecretReference | undefined;
  readonly sessionToken: SecretReference | undefined;
  /** Its own regions, where it doesn't have the environment's. */
  readonly regions: readonly string[] | undefined;
  /** Its own endpoint, where it doesn't have the environment's. */
  readonly endpoint: string | undefined;
}

export interface AwsEnvironment {
  readonly accounts: readonly AwsAccount[];
  readonly regions: readonly string[];
  readonly endpoint: string | undefined;
  /** SimulatePrincipalPolicy may be used. */
  readonly simulate: boolean;
}

export interface DatabaseTarget {
  readonly name: string;
  readonly engine: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: SecretReference | undefined;
  readonly database: string | undefined;
  /** `disable`, `require`, `verify-ca`, `verify-full`; undefined means on where the host isn't local. */
  readonly tls: string | undefined;
  /** Path of a CA certificate. */
  readonly ca: string | undefined;
  /** Longest time for a statement, a duration. */
  readonly timeout: string | undefined;
}

/** `live`, or a file (a Terraform state, recorded observations) with the oldest age that is taken. */
export type Source =
  | { readonly kind: 'live' }
  | { readonly kind: 'terraform' | 'observations'; readonly path: string; readonly maxAge: string | undefined }
  /** A source that this version can't read yet; `name` is its key. */
  | { readonly kind: 'unsupported'; readonly name: string };

/** A twelve-digit account id as text: a YAML number lost its leading zeros. */
export function accountId(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  return /^\d{1,12}$/.test(text) ? text.padStart(12, '0') : text;
}

function secretReference(value: unknown): SecretReference | undefined {
  const env = textOf(field(value, 'env'));
  const file = textOf(field(value, 'file'));
  if (env === undefined && file === undefined) return undefined;
  return { ...(env === undefined ? {} : { env }), ...(file === undefined ? {} : { file }) };
}

function awsAccount(alias: string, value: unknown, id: unknown): AwsAccount {
  const credentials = field(value, 'credentials') ?? value;
  return {
    alias,
    id: accountId(id),
    profile: textOf(field(value, 'profile')),
    assumeRole: textOf(field(value, 'assumeRole')),
    externalId: textOf(field(value, 'externalId')),
    accessKeyId: secretReference(field(credentials, 'accessKeyId')),
    secretAccessKey: secretReference(field(credentials, 'secretAccessKey')),
    sessionToken: secretReference(field(credentials, 'sessionToken')),
    regions: field(value, 'regions') === undefined ? undefined : regionsIn(value),
    endpoint: textOf(field(value, 'endpoint')),
  };
}

/** `regions`, and `region` before them. */
function regionsIn(value: unknown): readonly string[] {
  const all = [field(value, 'region'), ...listOf(field(value, 'regions'))].flatMap((region) => textOf(region) ?? []);
  return [...new Set(all)];
}

/** The `aws` section; with neither `accounts` nor `account` it is one account with the platform's own credentials. */
export function awsOf(environment: unknown): AwsEnvironment {
  const aws = field(environment, 'aws');
  const accounts = entriesOf(field(aws, 'accounts')).map(([alias, value]) =>
    awsAccount(alias, value, field(value, 'id')),
  );
  return {
    accounts: accounts.length > 0 ? accounts : [awsAccount('default', aws, field(aws, 'account'))],
    regions: regionsIn(aws),
    endpoint: textOf(field(aws, 'endpoint')),
    simulate: field(aws, 'simulate') === true,
  };
}

/** The account that a resource names by alias or id; without a name the only one, else undefined. */
export function accountNamed(aws: AwsEnvironment, name: string | undefined): AwsAccount | undefined {
  if (name === undefined) return aws.accounts.length === 1 ? aws.accounts[0] : undefined;
  return (
    aws.accounts.find((account) => account.alias === name) ??
    aws.accounts.find((account) => account.id === accountId(name))
  );
}

/** The database under `databases` with this name. */
export function databaseNamed(environment: unknown, name: string): DatabaseTarget | undefined {
  const value = field(environment, 'databases', name);
  const host = textOf(field(value, 'socket')) ?? textOf(field(value, 'host'));
  if (host === undefined) return undefined;
  const port = Number(field(value, 'port'));
  const tls = field(value, 'tls');
  return {
    name,
    engine: textOf(field(value, 'engine')),
    host,
    port: Number.isInteger(port) && port > 0 ? port : undefined,
    user: textOf(field(value, 'user')),
    password: secretReference(field(value, 'password')),
    database: textOf(field(value, 'database')),
    tls: tls === false ? 'disable' : tls === true ? 'verify-full' : textOf(tls),
    ca: textOf(field(value, 'ca')),
    timeout: textOf(field(value, 'timeout')),
  };
}

/** Sources in order of preference; `live` alone where none is named. */
export function sourcesOf(environment: unknown): readonly Source[] {
  const sources = listOf(field(environment, 'sources')).flatMap((source): Source[] => {
    if (source === 'live') return [{ kind: 'live' }];
    const maxAge = textOf(field(source, 'maxAge'));
    for (const kind of ['terraform', 'observations'] as const) {
      const paths = listOf(field(source, kind)).flatMap((path) => textOf(path) ?? []);
      if (paths.length > 0) return paths.map((path) => ({ kind, path, maxAge }));
    }
    return entriesOf(source)
      .filter(([name]) => name !== 'maxAge')
      .map(([name]) => ({ kind: 'unsupported', name }));
  });
  return sources.length > 0 ? sources : [{ kind: 'live' }];
}
