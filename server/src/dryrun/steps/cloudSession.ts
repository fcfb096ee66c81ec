/** The cloud credentials of the runbook's own steps: the restore role's, narrowed to reading by a policy of the session. */
import { randomBytes } from 'node:crypto';
import type { AccountAccess, RunContext } from '../../core/recovery/engine.ts';
import type { EnginePorts } from '../ports.ts';
import { openAws, requestHandler, type Credentials } from '../stores/aws.ts';
import { nameOf } from '../stores/awsFault.ts';

/** A session of the restore role that can only read. */
export interface ReadOnlySession {
  readonly credentials: Credentials;
  readonly region: string;
  readonly endpoint?: string;
  /** The role's ARN, and the identity that the cloud knows the session by. */
  readonly arn: string;
  readonly used: string;
  readonly seconds: number;
}

/**
 * What a step may ask. `kms:Decrypt` changes nothing, and without it no encrypted backup is read; values of secrets and
 * parameters are left out, since what a step prints is kept in the record.
 */
const READS = [
  ...['s3:Get*', 's3:List*', 'kms:Decrypt', 'kms:Describe*', 'kms:List*', 'ec2:Describe*', 'ebs:Get*', 'ebs:List*'],
  ...['rds:Describe*', 'rds:List*', 'backup:Describe*', 'backup:Get*', 'backup:List*', 'dynamodb:Describe*'],
  ...[
    'dynamodb:List*',
    'dynamodb:Get*',
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    'dynamodb:Scan',
    'iam:Get*',
    'iam:List*',
  ],
  ...[
    'elasticache:Describe*',
    'elasticfilesystem:Describe*',
    'redshift:Describe*',
    'cloudwatch:Get*',
    'cloudwatch:List*',
  ],
  ...['cloudwatch:Describe*', 'logs:Get*', 'logs:Describe*', 'logs:Filter*', 'cloudformation:Describe*', 'tag:Get*'],
  ...['secretsmanager:Describe*', 'ssm:Describe*', 'sts:Get*'],
];
/**
 * A policy of a session only narrows the role's own; but a resource that names the session itself, or every principal of the role,
 * would still let it in past an Allow that is lacking. Past a Deny nothing goes. Both are kept short: 2,048 characters is all
 * that `AssumeRole` takes.
 */
export const SESSION_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: READS, Resource: '*' },
    { Effect: 'Deny', NotAction: READS, Resource: '*' },
  ],
});

const LEAST_SECONDS = 900;
/** What every role allows, and the most that a role gets which was assumed by another. */
const COMMON_SECONDS = 3600;
const MOST_SECONDS = 12 * 3600;

/** Assumes the restore role for as long as the steps may take. Resolves to one sentence where there are to be no credentials. */
export async function openReadOnlySession(
  ports: EnginePorts,
  run: RunContext,
  account: AccountAccess,
  wantedMs: number,
): Promise<ReadOnlySession | { readonly why: string }> {
  const { role, scenario } = run.plan;
  if (!role) return { why: 'the runbook names no restore role ("restore.role")' };
  if (scenario === 'role-denied') return { why: `the scenario denies the restore role ${role.name}` };
  const { arn } = role;
  if (arn === undefined) return { why: `the restore role "${role.name}" has no ARN and its account is not known` };
  try {
    const base = await openAws(ports, account, undefined, false, run.signal);
    const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
    const { region, endpoint } = base;
    const place = { region, ...(endpoint === undefined ? {} : { endpoint }) };
    const sts = new STSClient({
      ...place,
      credentials: base.credentials,
      maxAttempts: 2,
      requestHandler: await requestHandler(),
    });
    const assume = async (seconds: number): Promise<ReadOnlySession> => {
      const { Credentials: made, AssumedRoleUser: user } = await sts.send(
        new AssumeRoleCommand({
          RoleArn: arn,
          // Nobody can have granted this session anything by its name.
          RoleSessionName: `drillbook-steps-${randomBytes(6).toString('hex')}`,
          DurationSeconds: seconds,
          Policy: SESSION_POLICY,
        }),
        { abortSignal: run.signal },
      );
      if (made?.AccessKeyId === undefined || made.SecretAccessKey === undefined || made.SessionToken === undefined)
        throw new Error('no credentials came back');
      for (const value of [made.AccessKeyId, made.SecretAccessKey, made.SessionToken]) ports.secrets.conceal?.(value);
      const credentials = {
        accessKeyId: made.AccessKeyId,
        secretAccessKey: made.SecretAccessKey,
        sessionToken: made.SessionToken,
      };
      return { ...place, credentials, arn, used: user?.Arn ?? arn, seconds };
    };
    const wanted = Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, Math.ceil(wantedMs / 1000)));
    try {
      return await assume(wanted).catch(async (error: unknown) => {
        // The role's own limit is not known before; an hour is within each.
        if (wanted > COMMON_SECONDS && nameOf(error) === 'ValidationError') return await assume(COMMON_SECONDS);
        throw error;
      });
    } finally {
      sts.destroy();
    }
  } catch (error) {
    run.signal.throwIfAborted();
    return {
      why: `${arn} can't be assumed (${nameOf(error) === 'StageFault' && error instanceof Error ? error.message : nameOf(error)})`,
    };
  }
}
