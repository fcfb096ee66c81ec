/** The AWS services by name, each loaded when its first call is made: no SDK is read before that. */
import type { Calls as StsCalls } from './services/sts.ts';
import type { Calls as S3Calls } from './services/s3.ts';
import type { Calls as S3controlCalls } from './services/s3control.ts';
import type { Calls as IamCalls } from './services/iam.ts';
import type { Calls as RdsCalls } from './services/rds.ts';
import type { Calls as BackupCalls } from './services/backup.ts';
import type { Calls as KmsCalls } from './services/kms.ts';
import type { Calls as DynamodbCalls } from './services/dynamodb.ts';
import type { Calls as SecretsmanagerCalls } from './services/secretsmanager.ts';
import type { Calls as CloudwatchCalls } from './services/cloudwatch.ts';
import type { Operation, ServiceName } from './operations.ts';

/** Input and output of every operation. */
export interface AllCalls
  extends
    StsCalls,
    S3Calls,
    S3controlCalls,
    IamCalls,
    RdsCalls,
    BackupCalls,
    KmsCalls,
    DynamodbCalls,
    SecretsmanagerCalls,
    CloudwatchCalls {}

export type InputOf<Name extends Operation> = AllCalls[Name][0];
export type OutputOf<Name extends Operation> = AllCalls[Name][1];

/** What a service module looks like from here: its client can only send what its `commands` hold. */
export interface ServiceModule {
  readonly client: (config: never) => SdkClient;
  readonly commands: Readonly<Record<string, new (input: never) => object>>;
}

type Next = (args: unknown) => Promise<unknown>;

export interface SdkCommand {
  readonly middlewareStack: {
    add(
      middleware: (next: Next) => Next,
      options: { readonly step: 'finalizeRequest'; readonly priority: 'low'; readonly name: string },
    ): void;
  };
}

export interface SdkClient {
  send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
  destroy(): void;
}

const LOADERS: Readonly<Record<ServiceName, () => Promise<ServiceModule>>> = {
  sts: async () => await import('./services/sts.ts'),
  s3: async () => await import('./services/s3.ts'),
  s3control: async () => await import('./services/s3control.ts'),
  iam: async () => await import('./services/iam.ts'),
  rds: async () => await import('./services/rds.ts'),
  backup: async () => await import('./services/backup.ts'),
  kms: async () => await import('./services/kms.ts'),
  dynamodb: async () => await import('./services/dynamodb.ts'),
  secretsmanager: async () => await import('./services/secretsmanager.ts'),
  cloudwatch: async () => await import('./services/cloudwatch.ts'),
};

export async function loadService(name: ServiceName): Promise<ServiceModule> {
  // The SDK's advice on versions of Node is for us, not for who runs this.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return await LOADERS[name]();
}
