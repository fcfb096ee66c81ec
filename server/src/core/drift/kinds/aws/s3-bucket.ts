/** Buckets: versioning, object lock, encryption, public access, replication, and what lifecycle rules do to backups. */
import { field, listOf, satisfies, shown, textOf } from '../../expected.ts';
import type { BackupUse, DriftResource } from '../../resource.ts';
import type { DriftContext, Expectation, Kind, Verdict } from '../kind.ts';
import { undecided, valueVerdict } from '../kind.ts';
import { includes, plain, unless } from '../expectations.ts';
import { nameOf } from './arn.ts';
import { encryptionKey } from './key.ts';
import { expiresEarly, judgeKeepsFor } from './s3-lifecycle.ts';
import { retrievalTooSlow } from './s3-retrieval.ts';

/** `none`, or `{ mode, retentionDays }`; a lock without a default rule is `{ mode: 'none' }`. */
const objectLock: Expectation = {
  facts: () => ['objectLock'],
  judge(expected, { resource, fact }) {
    const actual = fact('objectLock');
    const off = actual === 'none';
    if (typeof expected === 'string') {
      const mode = off ? 'none' : textOf(field(actual, 'mode'));
      return expected === mode || (expected === 'enabled' && !off)
        ? []
        : [valueVerdict(resource, 'object lock', expected, off ? 'none' : actual)];
    }
    if (off) return [valueVerdict(resource, 'object lock', expected, 'none', { data: { off: true } })];
    const verdicts: Verdict[] = [];
    const wantedMode = field(expected, 'mode');
    const mode = textOf(field(actual, 'mode')) ?? 'none';
    if (wantedMode !== undefined && satisfies(wantedMode, mode, 'text') !== 'yes') {
      verdicts.push(valueVerdict(resource, 'object lock mode', wantedMode, mode, { below: ['mode'] }));
    }
    const wantedDays = field(expected, 'retentionDays');
    const days = field(actual, 'retentionDays') ?? 0;
    if (wantedDays !== undefined) {
      const holds = satisfies(wantedDays, days, 'number');
      if (holds === 'no') {
        verdicts.push({
          ...valueVerdict(resource, 'object lock retention days', wantedDays, days),
          message: `${resource.id} locks objects for ${shown(days)} days by default; the runbook expects ${shown(wantedDays)}.`,
          below: ['retentionDays'],
        });
      } else if (holds === 'undecided') {
        verdicts.push(
          undecided(`${resource.id}: ${shown(wantedDays)} is no number of days.`, { below: ['retentionDays'] }),
        );
      }
    }
    return verdicts;
  },
};

/** What a source says of versioning that tells being on from everything else, and no more. */
export const NOT_ENABLED = 'not enabled';

const plainVersioning = plain('versioning', 'versioning');
const versioning: Expectation = {
  ...plainVersioning,
  judge(expected, input) {
    if (input.fact('versioning') !== NOT_ENABLED) return plainVersioning.judge(expected, input);
    const [none, suspended] = ['none', 'suspended'].map((value) =>
      plainVersioning.judge(expected, { ...input, fact: () => value }),
    );
    if (none?.length === suspended?.length) return none ?? [];
    return [undecided(`${input.resource.id}: whether versioning was suspended or never set can't be told from here.`)];
  },
};

const replicatesTo: Expectation = {
  ...includes('replicatesTo', 'replication to', (item) => nameOf(item).toLowerCase()),
  judge(expected, input) {
    const wanted = listOf(expected).map((item): unknown => {
      const resource = input.context.resources.get(shown(item));
      return resource?.id ?? item;
    });
    return includes('replicatesTo', 'replication to', (item) => nameOf(item).toLowerCase()).judge(
      Array.isArray(expected) ? wanted : wanted[0],
      input,
    );
  },
};

/** The backups in this store that are said to be immutable. */
function immutableIn(resource: DriftResource, context: Pick<DriftContext, 'backups'>): readonly BackupUse[] {
  return context.backups.filter(
    (backup) => resource.name !== undefined && backup.store === resource.name && backup.immutable,
  );
}

export const s3Bucket: Kind = {
  id: 'aws/s3-bucket',
  regional: true,
  expectations: {
    versioning,
    objectLock,
    encryption: plain('encryption', 'encryption'),
    // Encrypted otherwise, it has no key either: where both are declared, that is one fault.
    kmsKey: unless(encryptionKey, ({ resource, fact }) => {
      const live = fact('encryption');
      const holds = satisfies(resource.expect['encryption'], live, 'text');
      return holds === 'no' && !shown(live).startsWith('aws:kms');
    }),
    publicAccess: plain('publicAccess', 'public access'),
    replicatesTo,
    keepsFor: { facts: () => ['lifecycle'], judge: judgeKeepsFor },
  },
  judgements: [
    {
      facts: () => ['owner'],
      judge({ resource, fact }) {
        const owner = textOf(fact('owner'));
        if (owner === undefined || owner === 'own') return [];
        return [
          {
            code: 'drift/takeover',
            message: `${resource.id} exists, but under an owner that is no account of the environment; backups there are out of your hands.`,
            path: [...resource.path, 'id'],
            expected: resource.account ?? 'an account of the environment',
            actual: owner,
          },
        ];
      },
    },
    expiresEarly,
    retrievalTooSlow,
    {
      facts: (resource, context) => (immutableIn(resource, context).length > 0 ? ['objectLock'] : []),
      unknownMatters: true,
      judge({ resource, context, fact }) {
        const lock = fact('objectLock');
        const noDefault = field(lock, 'mode') === 'none';
        if (lock !== 'none' && !noDefault) return [];
        return immutableIn(resource, context).map((backup) => {
          const path = [...backup.path, 'immutable'];
          if (noDefault)
            return undecided(
              `${resource.id} has object lock but no default retention, so whether each copy of ${backup.name} is locked can't be told from it.`,
              { path },
            );
          return {
            code: 'drift/not-immutable',
            message: `${backup.name} is said to be immutable, but ${resource.id} has no object lock.`,
            path,
            expected: true,
            actual: false,
          };
        });
      },
    },
  ],
};
