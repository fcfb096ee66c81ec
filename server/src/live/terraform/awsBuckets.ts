/** Buckets in a Terraform state: the bucket itself and the resources that say how it keeps things. */
import { NOT_ENABLED } from '../../core/drift/kinds/aws/s3-bucket.ts';
import { field, listOf, textOf } from '../../core/drift/expected.ts';
import type { LifecycleRule } from '../../core/drift/kinds/aws/s3-lifecycle.ts';
import { block, companions, told } from './attributes.ts';
import type { StateInstance } from './state.ts';

const BLOCKS = ['block_public_acls', 'ignore_public_acls', 'block_public_policy', 'restrict_public_buckets'];

const blockedBy = (block: StateInstance | undefined): boolean =>
  block !== undefined && BLOCKS.every((name) => block.attributes[name] === true);

export function bucketFacts(
  attributes: Readonly<Record<string, unknown>>,
  all: readonly StateInstance[],
): Readonly<Record<string, unknown>> {
  const names = [attributes['bucket'], attributes['id']];
  const one = (type: string): StateInstance | undefined => companions(all, `aws_s3_bucket_${type}`, 'bucket', names)[0];
  const versioning = one('versioning');
  const lock = one('object_lock_configuration');
  const encryption =
    one('server_side_encryption_configuration') ??
    (Array.isArray(attributes['server_side_encryption_configuration'])
      ? { attributes: { rule: listOf(block(attributes, 'server_side_encryption_configuration', 'rule')) } }
      : undefined);
  const access = one('public_access_block');
  const account = all.find((each) => each.type === 'aws_s3_account_public_access_block');
  const lifecycle = one('lifecycle_configuration');
  const replication = one('replication_configuration');
  const rule = encryption && block(encryption.attributes, 'rule', 'apply_server_side_encryption_by_default');
  const inline = block(attributes, 'versioning');
  return told({
    owner: 'own',
    versioning: versioning
      ? (textOf(field(block(versioning.attributes, 'versioning_configuration'), 'status')) ?? 'none')
          .toLowerCase()
          .replace('disabled', 'none')
      : inline === undefined
        ? undefined
        : field(inline, 'enabled') === true
          ? 'enabled'
          : NOT_ENABLED,
    objectLock: lock ? lockOf(lock.attributes) : ownLock(attributes),
    encryption: rule === undefined ? undefined : field(rule, 'sse_algorithm'),
    kmsKey: rule === undefined ? undefined : keyOf(rule),
    // An open one may be blocked by the account's own setting, which is stricter and not the bucket's.
    publicAccess: blockedBy(access) || blockedBy(account) ? 'blocked' : account && access ? 'open' : undefined,
    lifecycle: lifecycle ? lifecycleOf(lifecycle.attributes) : ownLifecycle(attributes),
    replicatesTo:
      replication &&
      listOf(replication.attributes['rule'])
        .filter((each) => field(each, 'status') === 'Enabled')
        .flatMap((each) => textOf(field(block(each, 'destination'), 'bucket')) ?? []),
  });
}

/** What the bucket itself tells of its lock: whether there is one, and its default rule where the provider reads that. */
function ownLock(attributes: Readonly<Record<string, unknown>>): unknown {
  if (attributes['object_lock_enabled'] === false) return 'none';
  const own = block(attributes, 'object_lock_configuration');
  return block(own, 'rule') === undefined ? undefined : lockOf(own as Readonly<Record<string, unknown>>);
}

/** The rules that the provider reads as attributes of the bucket itself; they call being on otherwise. */
function ownLifecycle(attributes: Readonly<Record<string, unknown>>): readonly LifecycleRule[] | undefined {
  const rules = attributes['lifecycle_rule'];
  if (!Array.isArray(rules)) return undefined;
  return lifecycleOf({
    rule: rules.map((rule: object) => ({
      ...rule,
      status: field(rule, 'enabled') === true ? 'Enabled' : 'Disabled',
      filter: [{ and: [{ prefix: field(rule, 'prefix'), tags: field(rule, 'tags') }] }],
    })),
  });
}

/** KMS without a key is the account's own key for S3. */
function keyOf(rule: unknown): string {
  const key = textOf(field(rule, 'kms_master_key_id'));
  if (key !== undefined && key !== '') return key;
  return (textOf(field(rule, 'sse_algorithm')) ?? '').startsWith('aws:kms') ? 'alias/aws/s3' : 'none';
}

function lockOf(attributes: Readonly<Record<string, unknown>>): unknown {
  const retention = block(attributes, 'rule', 'default_retention');
  if (retention === undefined) return { mode: 'none', retentionDays: 0 };
  const years = Number(field(retention, 'years') ?? 0);
  return {
    mode: (textOf(field(retention, 'mode')) ?? 'none').toLowerCase(),
    retentionDays: Number(field(retention, 'days') ?? 0) || years * 365,
  };
}

/** As the live service writes a moment; what is none stays as it is. */
const momentOf = (text: string): string => (Number.isNaN(Date.parse(text)) ? text : new Date(text).toISOString());

/** A bound on the size of objects; not set is 0, or empty text. */
function sizeIn(name: string, ...filters: readonly unknown[]): number | undefined {
  return filters.map((filter) => Number(field(filter, name) ?? 0)).find((size) => size > 0);
}

function lifecycleOf(attributes: Readonly<Record<string, unknown>>): readonly LifecycleRule[] {
  return listOf(attributes['rule'])
    .filter((rule) => field(rule, 'status') === 'Enabled')
    .map((rule) => {
      const filter = block(rule, 'filter');
      const and = block(filter, 'and');
      const days = Number(field(block(rule, 'expiration'), 'days') ?? 0);
      const date = textOf(field(block(rule, 'expiration'), 'date'));
      const prefix = [field(and, 'prefix'), field(filter, 'prefix'), field(rule, 'prefix')]
        .map(textOf)
        .find((text) => text !== undefined && text !== '');
      const largerThan = sizeIn('object_size_greater_than', filter, and);
      const smallerThan = sizeIn('object_size_less_than', filter, and);
      return {
        id: textOf(field(rule, 'id')) ?? '',
        prefix: prefix ?? '',
        tagged: listOf(field(filter, 'tag')).length > 0 || Object.keys(field(and, 'tags') ?? {}).length > 0,
        ...(largerThan === undefined ? {} : { largerThan }),
        ...(smallerThan === undefined ? {} : { smallerThan }),
        ...(days > 0 ? { expirationDays: days } : {}),
        ...(date === undefined || date === '' ? {} : { expirationDate: momentOf(date) }),
        transitions: listOf(field(rule, 'transition')).map((each) => ({
          days: Number(field(each, 'days') ?? 0),
          storageClass: textOf(field(each, 'storage_class')) ?? '',
        })),
      };
    });
}
