/** One account for one run: its clients, its identity, and the only place from which a command is sent. */
import type { AwsAccount, AwsEnvironment } from '../../core/drift/environment.ts';
import type { Unknown } from '../../core/drift/observation.ts';
import type { Clock } from '../../core/ports.ts';
import { limited, untilAborted } from '../limits.ts';
import type { Run } from '../reader.ts';
import { loginAdvice, NoCredentials, type CredentialProvider } from './credentials.ts';
import { CallFailure, failureOf } from './failure.ts';
import { CALLS_PER_SECOND, OPERATIONS, serviceOf, type Operation, type ServiceName } from './operations.ts';
import {
  loadService,
  type InputOf,
  type OutputOf,
  type SdkClient,
  type SdkCommand,
  type ServiceModule,
} from './services.ts';

export interface SessionOptions {
  readonly account: AwsAccount;
  readonly aws: AwsEnvironment;
  readonly credentials: CredentialProvider;
  readonly clock: Clock;
  readonly run: Run;
  /** Waits for a token of an API. */
  readonly politely: (key: string, perSecond: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds for one call, its retries included. */
  readonly callTimeoutMs: number;
  /** Tells that the store has no GetCallerIdentity. */
  readonly note: (message: string) => void;
}

/** Who the credentials are. `account` is undefined where the store can't say. */
export interface Identity {
  readonly account: string | undefined;
  readonly arn: string | undefined;
}

export interface Session {
  readonly account: AwsAccount;
  readonly aws: AwsEnvironment;
  /** Sends one read-only command. Rejects with `CallFailure`, or with the run's reason on abort. */
  call<Name extends Operation>(operation: Name, region: string, input: InputOf<Name>): Promise<OutputOf<Name>>;
  /** The caller, asked once; rejects with `CallFailure` where it is the wrong account or nobody. */
  identity(): Promise<Identity>;
  close(): void;
}

/** The region for what lies in none: the environment's first, else the one that every partition's default knows. */
export function homeRegion(aws: AwsEnvironment, account: AwsAccount): string {
  return account.regions?.[0] ?? aws.regions[0] ?? 'us-east-1';
}

export function createSession(options: SessionOptions): Session {
  const { account, run } = options;
  const aws: AwsEnvironment = { ...options.aws, endpoint: options.account.endpoint ?? options.aws.endpoint };
  const clients = new Map<string, Promise<{ module: ServiceModule; client: SdkClient }>>();
  let identity: Promise<Identity> | undefined;

  const clientOf = async (
    service: ServiceName,
    region: string,
  ): Promise<{ module: ServiceModule; client: SdkClient }> => {
    const key = `${service} ${region}`;
    let made = clients.get(key);
    if (!made) {
      made = loadService(service).then((module) => ({
        module,
        client: module.client(configOf(options, region) as never),
      }));
      clients.set(key, made);
    }
    return await made;
  };

  const call = async <Name extends Operation>(
    operation: Name,
    region: string,
    input: InputOf<Name>,
  ): Promise<OutputOf<Name>> => {
    const service = serviceOf(operation);
    const name = operation.slice(service.length + 1);
    return await run.gate(`${service} ${account.alias}`, async () => {
      const where = aws.endpoint ?? service;
      const limit = limited(
        options.clock,
        run.signal,
        options.callTimeoutMs,
        `${where} did not answer ${operation} within ${String(options.callTimeoutMs / 1000)} s`,
      );
      const attempt: { failure?: unknown } = {};
      try {
        limit.signal.throwIfAborted();
        await options.politely(`${service} ${account.alias} ${region}`, CALLS_PER_SECOND[service], run.signal);
        const { module, client } = await clientOf(service, region);
        const Command = Object.hasOwn(OPERATIONS, operation) ? module.commands[name] : undefined;
        if (!Command) throw new RangeError(`${operation} is not a command that a reader may send.`);
        const command = new Command(input as never) as SdkCommand;
        watch(command, {
          sent: () => run.count(`aws:${operation}`),
          failed: (failure) => (attempt.failure = failure),
        });
        const sent = client.send(command as never, { abortSignal: limit.signal });
        return (await untilAborted(limit.signal, sent)) as OutputOf<Name>;
      } catch (error) {
        if (error instanceof RangeError) throw error;
        if (error instanceof NoCredentials) throw new CallFailure(error.unknown, 'CredentialsProviderError', undefined);
        // Out of time while it was being asked again: what it was refused for says more than the clock.
        const reason: unknown = limit.signal.aborted ? (attempt.failure ?? limit.signal.reason) : error;
        throw failureOf(reason, operation, { login: loginAdvice(account), endpoint: aws.endpoint });
      } finally {
        limit.done();
      }
    });
  };

  const whoami = async (): Promise<Identity> => {
    try {
      const answer = await call('sts:GetCallerIdentity', homeRegion(aws, account), {});
      if (account.id !== undefined && answer.Account !== undefined && answer.Account !== account.id) {
        throw new CallFailure(wrongAccount(account, answer.Account), 'WrongAccount', undefined);
      }
      return { account: answer.Account, arn: answer.Arn };
    } catch (error) {
      if (!(error instanceof CallFailure) || !mayLackIdentity(error, aws)) throw error;
      options.note(
        `${aws.endpoint ?? 'the endpoint'} can't say who is asking (GetCallerIdentity: ${error.code}), so the account of ${account.alias} is not guarded.`,
      );
      return { account: undefined, arn: undefined };
    }
  };

  return {
    account,
    aws,
    call,
    identity: async () => await (identity ??= whoami()),
    close: () => {
      for (const made of clients.values()) {
        void made.then(
          ({ client }) => client.destroy(),
          () => undefined,
        );
      }
    },
  };
}

/**
 * Tells once that a command goes out, which is after credentials for it were had, and of every attempt that failed, also of
 * those that the SDK makes again.
 */
function watch(
  command: SdkCommand,
  tell: { readonly sent: () => void; readonly failed: (error: unknown) => void },
): void {
  let isSent = false;
  command.middlewareStack.add(
    (next) => async (args) => {
      if (!isSent) tell.sent();
      isSent = true;
      try {
        return await next(args);
      } catch (error) {
        tell.failed(error);
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'drillbookAttempts' },
  );
}

function wrongAccount(account: AwsAccount, actual: string): Unknown {
  return {
    reason: 'wrong-account',
    detail: `the credentials belong to account ${actual}, not to ${account.alias} (${account.id ?? ''}); use the profile or role of that account`,
  };
}

/** An S3-compatible store answers STS with anything but a refusal of the credentials. */
function mayLackIdentity(error: CallFailure, aws: AwsEnvironment): boolean {
  if (aws.endpoint === undefined) return false;
  if (error.unknown.reason === 'unsupported') return true;
  const { status } = error;
  return (
    status !== undefined &&
    [400, 404, 405, 501].includes(status) &&
    error.unknown.reason !== 'no-credentials' &&
    error.unknown.reason !== 'throttled'
  );
}

function configOf(options: SessionOptions, region: string): object {
  const endpoint = options.account.endpoint ?? options.aws.endpoint;
  return {
    region,
    credentials: options.credentials,
    retryMode: 'adaptive',
    maxAttempts: 3,
    ...(endpoint === undefined ? {} : { endpoint, disableHostPrefix: true }),
  };
}
