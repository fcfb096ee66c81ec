/** AWS Backup vaults: their locks, and how long they keep. */
import { DAY_MS, satisfies, shown } from '../../expected.ts';
import type { BackupUse, DriftResource } from '../../resource.ts';
import { undecided, valueVerdict, type DriftContext, type Expectation, type JudgeInput, type Kind } from '../kind.ts';
import { plain, unless } from '../expectations.ts';
import { sameName } from './arn.ts';
import { encryptionKey } from './key.ts';

const VAULTS = new Set(['aws/backup-vault', 'aws/recovery-points']);

/** The backups that lie in this vault: a runbook may name a vault and the points in it as two resources. */
export function backupsIn(
  resource: DriftResource,
  context: Pick<DriftContext, 'backups' | 'resources'>,
): readonly BackupUse[] {
  if (resource.name === undefined) return [];
  return context.backups.filter((backup) => {
    if (backup.store === resource.name) return true;
    const store = backup.store === undefined ? undefined : context.resources.get(backup.store);
    return (
      store !== undefined &&
      resource.kind === 'aws/recovery-points' &&
      VAULTS.has(store.kind) &&
      sameName(store.id, resource.id) &&
      (store.account ?? resource.account) === (resource.account ?? store.account) &&
      (store.region ?? resource.region) === (resource.region ?? store.region)
    );
  });
}

/** Days, where `none` means that there is no bound: every number holds against the least, none against the most. */
function retentionDays(fact: string, what: string, unbounded: number): Expectation {
  return {
    facts: () => [fact],
    judge(expected, { resource, fact: valueOf }) {
      const actual = valueOf(fact);
      if (actual === 'none' && shown(expected).toLowerCase() === 'none') return [];
      const holds = satisfies(expected, actual === 'none' ? unbounded : actual, 'number');
      if (holds === 'yes') return [];
      return holds === 'no'
        ? [valueVerdict(resource, what, expected, actual)]
        : [undecided(`${resource.id}: ${shown(expected)} is no number of days.`)];
    },
  };
}

/** Without its lock it has no bounds either: where both are declared, that is one fault. */
const isUnlocked = ({ resource, fact }: JudgeInput): boolean =>
  fact('lock') === 'none' && satisfies(resource.expect['lock'], 'none', 'text') === 'no';

export const backupVault: Kind = {
  id: 'aws/backup-vault',
  regional: true,
  expectations: {
    lock: plain('lock', 'lock'),
    minRetentionDays: unless(retentionDays('minRetentionDays', 'a least retention (days) of', 0), isUnlocked),
    maxRetentionDays: unless(retentionDays('maxRetentionDays', 'a longest retention (days) of', Infinity), isUnlocked),
    kmsKey: encryptionKey,
  },
  judgements: [
    {
      facts: (resource, context) =>
        backupsIn(resource, context).some((backup) => backup.retentionMs !== undefined) ? ['maxRetentionDays'] : [],
      unknownMatters: true,
      judge({ resource, context, fact }) {
        const most = fact('maxRetentionDays');
        if (typeof most !== 'number') return [];
        return backupsIn(resource, context)
          .filter((backup) => (backup.retentionMs ?? 0) > most * DAY_MS)
          .map((backup) => ({
            code: 'drift/expires-early',
            message: `${resource.id} refuses to keep anything longer than ${String(most)} days; ${backup.name} must be kept for ${backup.retention ?? ''}.`,
            path: [...backup.path, 'retention'],
            expected: backup.retention,
            actual: `${String(most)}d`,
          }));
      },
    },
    {
      facts: (resource, context) => (backupsIn(resource, context).some((backup) => backup.immutable) ? ['lock'] : []),
      unknownMatters: true,
      judge({ resource, context, fact }) {
        if (fact('lock') !== 'none') return [];
        return backupsIn(resource, context)
          .filter((backup) => backup.immutable)
          .map((backup) => ({
            code: 'drift/not-immutable',
            message: `${backup.name} is said to be immutable, but the vault ${resource.id} has no lock.`,
            path: [...backup.path, 'immutable'],
            expected: true,
            actual: false,
          }));
      },
    },
  ],
};
