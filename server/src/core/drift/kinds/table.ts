/** The kinds of resources that drift is judged for; one row a kind. */
import type { Kind } from './kind.ts';
import { backupVault } from './aws/backup.ts';
import { iamRole } from './aws/iam-role.ts';
import { cloudwatchAlarm, dynamodbTable, kmsKey, secret } from './aws/more.ts';
import { rdsCluster, rdsInstance, rdsSnapshot } from './aws/rds.ts';
import { recoveryPoints } from './aws/recovery-points.ts';
import { s3Bucket } from './aws/s3-bucket.ts';
import { mariadb, mongodb, mysql, postgres, redis } from './database/databases.ts';

export const KINDS: readonly Kind[] = [
  s3Bucket,
  iamRole,
  rdsInstance,
  rdsCluster,
  rdsSnapshot,
  backupVault,
  recoveryPoints,
  kmsKey,
  dynamodbTable,
  secret,
  cloudwatchAlarm,
  postgres,
  mysql,
  mariadb,
  mongodb,
  redis,
];

const BY_ID: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [kind.id, kind]));

/** The row of a kind, or undefined where drift isn't judged for it. */
export function findKind(id: string): Kind | undefined {
  return BY_ID.get(id);
}
