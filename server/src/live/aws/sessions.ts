/** The sessions of one run: one an account, with credentials that outlive the run, closed together. */
import { awsOf, type AwsAccount } from '../../core/drift/environment.ts';
import type { Unknown } from '../../core/drift/observation.ts';
import type { ApprovedHosts, Clock, Log, Secrets } from '../../core/ports.ts';
import { hostOfUrl, notApproved } from '../hosts.ts';
import { createBuckets } from '../limits.ts';
import type { Run } from '../reader.ts';
import { providerOf, type CredentialProvider } from './credentials.ts';
import { createSession, homeRegion, type Session } from './session.ts';

export interface SessionDependencies {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
  readonly allowedHosts: ApprovedHosts;
  /** Milliseconds for one call, its retries included. */
  readonly callTimeoutMs: number;
}

export interface Sessions {
  of(account: AwsAccount): Session;
  close(): void;
}

/** Makes the sessions of a run on an environment. */
export type OpenSessions = (environment: unknown, run: Run) => Sessions;

/** Keeps credentials and the pace of calls from run to run, so that roles are assumed once and not once a run. */
export function createSessions(dependencies: SessionDependencies): OpenSessions {
  const credentials = new Map<string, CredentialProvider>();
  const politely = createBuckets(dependencies.clock);
  return (environment, run) => {
    const aws = awsOf(environment);
    const sessions = new Map<string, Session>();
    const credentialsOf = (account: AwsAccount): CredentialProvider => {
      const endpoint = account.endpoint ?? aws.endpoint;
      const name = JSON.stringify([account, endpoint]);
      const made =
        credentials.get(name) ??
        providerOf(account, dependencies.secrets, { endpoint, region: homeRegion(aws, account) });
      credentials.set(name, made);
      return made;
    };
    return {
      of: (account) => {
        const made =
          sessions.get(account.alias) ??
          createSession({
            account,
            aws,
            credentials: credentialsOf(account),
            clock: dependencies.clock,
            run,
            politely,
            callTimeoutMs: dependencies.callTimeoutMs,
            note: (message) => dependencies.log.write('warning', message),
          });
        sessions.set(account.alias, made);
        return made;
      },
      close: () => {
        for (const session of sessions.values()) session.close();
      },
    };
  };
}

/** Why nothing may be asked of this environment at all; undefined where it may. */
export function refusal(environment: unknown, allowedHosts: ApprovedHosts): Unknown | undefined {
  if (environment === undefined) {
    return { reason: 'no-credentials', detail: 'no environment says where live is; add an Environment document' };
  }
  const aws = awsOf(environment);
  for (const endpoint of [aws.endpoint, ...aws.accounts.map((account) => account.endpoint)]) {
    if (endpoint === undefined) continue;
    const host = hostOfUrl(endpoint);
    if (host === undefined) return { reason: 'unreachable', detail: `aws.endpoint ${endpoint} is no URL` };
    if (!allowedHosts.isApproved(host)) return notApproved(host);
  }
  return undefined;
}
