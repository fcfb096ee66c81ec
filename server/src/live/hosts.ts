/** Hosts that a secret may be sent to: the person's say, never a file's. */
import { awsOf, type EnvironmentSource } from '../core/drift/environment.ts';
import type { Unknown } from '../core/drift/observation.ts';
import { entriesOf, field, textOf } from '../core/drift/expected.ts';

/** The host of a URL; undefined where it is none. */
export function hostOfUrl(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined;
  }
}

export function notApproved(host: string): Unknown {
  return {
    reason: 'host-not-approved',
    detail: `nobody approved sending a secret to ${host}; approve it in the editor or with --allow-host ${host}`,
  };
}

/** Every host that these environments would have a secret sent to. */
export function hostsNamed(environments: readonly EnvironmentSource[]): readonly string[] {
  return environments.flatMap(({ value }) => {
    const aws = awsOf(value);
    const endpoints = [aws.endpoint, ...aws.accounts.map((account) => account.endpoint)].flatMap((each) => each ?? []);
    const databases = entriesOf(field(value, 'databases')).flatMap(
      ([, database]) => textOf(field(database, 'socket')) ?? textOf(field(database, 'host')) ?? [],
    );
    return [...endpoints.flatMap((endpoint) => hostOfUrl(endpoint) ?? []), ...databases];
  });
}
