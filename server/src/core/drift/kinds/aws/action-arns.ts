/**
 * Which ARNs an action is asked of, where a runbook says "on this resource". Source: the service authorization reference,
 * which names the type of resource that each action needs.
 */
import { arnOf } from '../../../references/arn.ts';
import { accountNamed, awsOf } from '../../environment.ts';
import { textOf } from '../../expected.ts';
import type { Access } from '../../iam/policy.ts';
import { wildcard } from '../../iam/wildcard.ts';
import { EXAMPLE_NAME, type DriftResource } from '../../resource.ts';
import type { DriftContext } from '../kind.ts';
import { nameOf, parseArn } from './arn.ts';

/** Actions on a bucket itself; every other `s3:` action is on objects. */
const BUCKET_ACTIONS =
  /^s3:(?:list(?!multipartuploadparts)|pausereplication|(?:get|put|delete|create|update)(?:bucket|lifecycle|encryption|replication|accelerate|analytics|inventory|intelligenttiering|metrics))/i;

/** Actions of AWS Backup on recovery points: a vault's ARN under `Resource` grants none of them. */
const POINT_ACTIONS = [
  'copyfrombackupvault',
  'deleterecoverypoint',
  'describerecoverypoint',
  'disassociaterecoverypoint',
  'disassociaterecoverypointfromparent',
  'getrecoverypointindexdetails',
  'getrecoverypointrestoremetadata',
  'startcopyjob',
  'startrestorejob',
  'updaterecoverypointindexsettings',
  'updaterecoverypointlifecycle',
].map((name) => `backup:${name}`);

/** And those on the vault. */
const VAULT_ACTIONS = [
  'copyintobackupvault',
  'createbackupvault',
  'deletebackupvault',
  'deletebackupvaultaccesspolicy',
  'deletebackupvaultlockconfiguration',
  'deletebackupvaultnotifications',
  'describebackupvault',
  'getbackupvaultaccesspolicy',
  'getbackupvaultnotifications',
  'listprotectedresourcesbybackupvault',
  'listrecoverypointsbybackupvault',
  'putbackupvaultaccesspolicy',
  'putbackupvaultlockconfiguration',
  'putbackupvaultnotifications',
  'startbackupjob',
].map((name) => `backup:${name}`);

/** What recovery points of a kind are in an ARN: some services keep theirs under their own name. */
const POINTS: Readonly<Record<string, readonly string[]>> = {
  'aws/rds-instance': ['rds ACCOUNT:snapshot:awsbackup:'],
  'aws/rds-cluster': ['rds ACCOUNT:cluster-snapshot:awsbackup:'],
  // With AWS Backup's advanced features the backup is its own, without them DynamoDB's.
  'aws/dynamodb-table': ['backup ACCOUNT:recovery-point:', 'dynamodb ACCOUNT:table/TABLE/backup/'],
};
const TABLE_BACKUP = /^arn:[^:]*:dynamodb:[^/]*\/[^/]*\/backup\//;
const OWN_POINT = /^arn:[^:]*:backup:[^:]*:[^:]*:recovery-point:/;
const FORMS = [TABLE_BACKUP, OWN_POINT];
const OWN_POINTS = ['backup ACCOUNT:recovery-point:'];

type Context = Omit<DriftContext, 'observations'>;

/**
 * The ARNs that an action is asked of. `on` is the name of a resource or an ARN; nothing means any.
 * Objects stand for what lies below the prefixes of the runbook's backups, recovery points for what its vaults hold.
 */
export function resourcesFor(action: string, on: unknown, context: Context): readonly (string | undefined)[] {
  const name = textOf(on);
  if (name === undefined) return [undefined];
  const target = context.resources.get(name);
  if (!target) return [name.startsWith('arn:') ? name : undefined];
  const service = action.split(':')[0]?.toLowerCase();
  if (target.kind === 'aws/s3-bucket' && service === 's3') {
    const bucket = target.id.startsWith('arn:') ? target.id : `arn:aws:s3:::${target.id}`;
    if (BUCKET_ACTIONS.test(action)) return [bucket];
    const keys = context.backups.filter((backup) => backup.store === name).map((backup) => backup.exampleKey);
    return [...new Set(keys.length > 0 ? keys : [EXAMPLE_NAME])].map((key) => `${bucket}/${key}`);
  }
  const vault = target.kind === 'aws/backup-vault' || target.kind === 'aws/recovery-points';
  const made = arnOf({ ...target, account: accountOf(target, context) });
  const arn = 'arn' in made ? made.arn : undefined;
  if (vault && service === 'backup') {
    const asked = action.toLowerCase();
    const either = [
      ...(VAULT_ACTIONS.some((each) => wildcard(asked, each)) ? [arn] : []),
      ...(POINT_ACTIONS.some((each) => wildcard(asked, each)) ? pointsOf(target, arn, context) : []),
    ];
    return either.length > 0 ? either : [undefined];
  }
  // An alias is no resource of a policy: what stands for the key is its id.
  const own = arn !== undefined && parseArn(arn)?.service === service && !/:alias\//.test(arn);
  return [own ? arn : undefined];
}

/**
 * The answers for these ARNs, in their order. Backups of a DynamoDB table lie under one of two ARNs, and an account's settings
 * tell which: what may be done with one of them alone is not decided.
 */
export function eitherWay(arns: readonly (string | undefined)[], answers: readonly Access[]): readonly Access[] {
  const forms = arns.map((arn) => FORMS.find((form) => form.test(arn ?? '')));
  const isBad = (answer: Access): boolean => answer === 'denied' || answer === 'not-allowed';
  const fine = new Set(forms.filter((_form, index) => !isBad(answers[index] ?? 'undecided')));
  if (!forms.includes(TABLE_BACKUP)) return answers;
  return answers.map((answer, index) => {
    const other = forms[index] === TABLE_BACKUP ? OWN_POINT : forms[index] === OWN_POINT ? TABLE_BACKUP : undefined;
    return isBad(answer) && other !== undefined && fine.has(other) ? 'undecided' : answer;
  });
}

/** The twelve digits of the account that a resource lies in, where they are known. */
function accountOf(target: DriftResource, { environment }: Context): string | undefined {
  return accountNamed(awsOf(environment), target.account)?.id ?? target.account;
}

/** Recovery points such as the runbook's backups make in this vault; their ids are the service's. */
function pointsOf(vault: DriftResource, arn: string | undefined, context: Context): readonly (string | undefined)[] {
  const place = arn === undefined ? undefined : parseArn(arn);
  if (!place) return [undefined];
  const sources = context.backups
    .filter((backup) => backup.store !== undefined && backup.store === vault.name)
    .map((backup) => (backup.of === undefined ? undefined : context.resources.get(backup.of)));
  const shapes = (sources.length > 0 ? sources : [undefined]).flatMap((source) =>
    (POINTS[source?.kind ?? ''] ?? OWN_POINTS).map((shape) => shape.replace('TABLE', () => nameOf(source?.id ?? '*'))),
  );
  return [...new Set(shapes)].map((shape) => {
    const [service = '', rest = ''] = shape.split(' ');
    return `arn:${place.partition}:${service}:${place.region}:${rest.replace('ACCOUNT', place.account)}${EXAMPLE_NAME}`;
  });
}
