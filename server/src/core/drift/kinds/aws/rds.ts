/** RDS instances and clusters: version, retention, encryption, pending changes, support, and what a snapshot restore loses. */
import { DAY_MS, durationText, field, satisfies, shown, textOf } from '../../expected.ts';
import { NEAR_END_MS } from '../../support.ts';
import { RDS_TOOLS } from '../../upgrades.ts';
import { judgeVersion } from '../../version.ts';
import type { BackupUse, DriftResource } from '../../resource.ts';
import {
  valueVerdict,
  type DriftContext,
  type Expectation,
  type JudgeInput,
  type Judgement,
  type Kind,
  type Verdict,
} from '../kind.ts';
import { flag, named, plain, unless, version, within } from '../expectations.ts';
import { nameOf } from './arn.ts';
import { encryptionKey } from './key.ts';
import { snapshotUpgrade, upgradePath } from './rds-upgrades.ts';

function providerBackups(resource: DriftResource, context: Omit<DriftContext, 'observations'>): readonly BackupUse[] {
  return context.backups.filter(
    (backup) => resource.name !== undefined && backup.of === resource.name && RDS_TOOLS.has(backup.tool ?? ''),
  );
}

const engine: Expectation = {
  facts: () => ['engine'],
  judge(expected, { resource, fact }) {
    const actual = shown(fact('engine'));
    // RDS calls it postgres, the rest of the world PostgreSQL.
    const wanted = shown(expected).toLowerCase() === 'postgresql' ? 'postgres' : expected;
    return satisfies(wanted, actual, 'text') === 'yes'
      ? []
      : [
          {
            ...valueVerdict(resource, 'engine', expected, actual),
            message: `${resource.id} runs ${actual}; the runbook expects ${shown(expected)}.`,
          },
        ];
  },
};

/** Automated backups are off: point-in-time restore is gone, and with the instance the backups go. */
const retentionOff: Judgement = {
  replaces: { keys: ['backupRetentionDays', 'latestRestorableWithin'] },
  facts: (resource, context) =>
    resource.expect['backupRetentionDays'] !== undefined ||
    resource.expect['latestRestorableWithin'] !== undefined ||
    providerBackups(resource, context).length > 0
      ? ['backupRetentionDays']
      : [],
  judge({ resource, context, fact }) {
    if (fact('backupRetentionDays') !== 0) return [];
    // A runbook that declares them off, and restores from elsewhere, has what it wants.
    const wanted = resource.expect['backupRetentionDays'];
    const wantsNone = wanted !== undefined && satisfies(wanted, 0, 'number') === 'yes';
    if (wantsNone && providerBackups(resource, context).length === 0) return [];
    return [
      {
        code: 'drift/retention-off',
        message: `${resource.id} keeps no automated backups (its retention is 0 days), so there is nothing to restore it from.`,
        path: [...resource.path, 'id'],
        expected: '>=1',
        actual: 0,
      },
    ];
  },
};

const restorableTooOld: Judgement = {
  replaces: { keys: ['latestRestorableWithin'] },
  facts: (resource, context) =>
    context.restore.rpoMs !== undefined && providerBackups(resource, context).length > 0
      ? ['latestRestorable', 'backupRetentionDays']
      : [],
  judge({ resource, context, fact }) {
    const { rpoMs, rpo } = context.restore;
    const latest = textOf(fact('latestRestorable'));
    const age = latest === undefined || latest === 'none' ? Number.NaN : context.now - Date.parse(latest);
    if (rpoMs === undefined || Number.isNaN(age) || age <= rpoMs || fact('backupRetentionDays') === 0) return [];
    return [
      {
        code: 'drift/backup-stale',
        message: `${resource.id} can be restored to ${latest ?? ''} at the latest, ${durationText(age)} ago; the RPO is ${rpo ?? ''}.`,
        path: ['restore', 'rpo'],
        expected: rpo,
        actual: latest,
      },
    ];
  },
};

const pendingChange: Judgement = {
  facts: (resource) => (Object.keys(resource.expect).length > 0 ? ['pending'] : []),
  judge({ resource, fact }) {
    const pending = fact('pending');
    const verdicts: Verdict[] = [];
    const next = textOf(field(pending, 'version'));
    const wanted = resource.expect['version'];
    if (
      next !== undefined &&
      wanted !== undefined &&
      judgeVersion(wanted, next, textOf(fact('engine'))).state === 'major'
    ) {
      verdicts.push({
        code: 'drift/pending-change',
        message: `${resource.id} will run ${next} after its next maintenance window; the runbook expects ${shown(wanted)}.`,
        path: [...resource.path, 'expect', 'version'],
        expected: wanted,
        actual: next,
      });
    }
    const days = field(pending, 'backupRetentionDays');
    const wantedDays = resource.expect['backupRetentionDays'];
    if (days !== undefined && wantedDays !== undefined && satisfies(wantedDays, days, 'number') === 'no') {
      verdicts.push({
        code: 'drift/pending-change',
        message: `${resource.id} will keep backups for ${shown(days)} days after a pending change; the runbook expects ${shown(wantedDays)}.`,
        path: [...resource.path, 'expect', 'backupRetentionDays'],
        expected: wantedDays,
        actual: days,
      });
    }
    return verdicts;
  },
};

const supportEnds: Judgement = {
  facts: (resource) => (resource.expect['version'] !== undefined ? ['supportEnds'] : []),
  judge({ resource, context, fact }) {
    const ends = textOf(fact('supportEnds'));
    const left = ends === undefined || ends === 'none' ? Number.NaN : Date.parse(ends) - context.now;
    if (Number.isNaN(left) || left > NEAR_END_MS) return [];
    const name = `${shown(fact('engine'))} ${shown(fact('version'))}`;
    const past = left < 0;
    return [
      {
        code: 'drift/end-of-support',
        severity: past ? 'warning' : 'information',
        message: past
          ? `${resource.id} runs ${name}, whose standard support ended on ${(ends ?? '').slice(0, 10)}.`
          : `${resource.id} runs ${name}, whose standard support ends on ${(ends ?? '').slice(0, 10)}, in ${String(Math.ceil(left / DAY_MS))} days.`,
        path: [...resource.path, 'expect', 'version'],
        expected: 'a version in standard support',
        actual: ends,
      },
    ];
  },
};

/** What a restore from a snapshot sets back to defaults; a step must set it again. Source: RDS guide, "Restoring to a DB instance". */
const snapshotLoses: Judgement = {
  facts: (resource, context) =>
    providerBackups(resource, context).some((backup) => backup.tool === 'rds-snapshot')
      ? ['parameterGroup', 'securityGroups', 'multiAz']
      : [],
  judge({ resource, context, fact }) {
    const text = context.restore.texts.join('\n').toLowerCase();
    const lost: string[] = [];
    const parameterGroup = textOf(fact('parameterGroup'));
    if (
      parameterGroup !== undefined &&
      parameterGroup !== 'none' &&
      !parameterGroup.startsWith('default.') &&
      !text.includes(parameterGroup.toLowerCase()) &&
      !/parameter.?group/.test(text)
    ) {
      lost.push(`the parameter group ${parameterGroup}`);
    }
    const groups = fact('securityGroups');
    if (Array.isArray(groups) && groups.length > 0 && !/security.?group/.test(text)) lost.push('its security groups');
    if (fact('multiAz') === true && !/multi.?az/.test(text)) lost.push('Multi-AZ');
    if (lost.length === 0) return [];
    return [
      {
        code: 'drift/restore-loses',
        message: `A snapshot restore of ${resource.id} silently loses ${lost.join(' and ')}; no restore step sets that again.`,
        path: ['restore', 'steps'],
        expected: 'set again by a step',
        actual: lost,
      },
    ];
  },
};

/** Not encrypted, it has no key either: where both are declared, that is one fault. */
const isUnencrypted =
  (name: string) =>
  ({ resource, fact }: JudgeInput): boolean =>
    fact(name) === false && satisfies(resource.expect[name], false, 'boolean') === 'no';

const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  engine,
  version: version('autoMinorVersionUpgrade'),
  class: plain('class', 'class'),
  multiAz: flag('multiAz', 'Multi-AZ'),
  storageEncrypted: flag('storageEncrypted', 'storage encryption'),
  kmsKey: unless(encryptionKey, isUnencrypted('storageEncrypted')),
  backupRetentionDays: plain('backupRetentionDays', 'backup retention days of', 'number'),
  autoMinorVersionUpgrade: flag('autoMinorVersionUpgrade', 'automatic minor upgrades'),
  deletionProtection: flag('deletionProtection', 'deletion protection'),
  parameterGroup: named(
    'parameterGroup',
    'the parameter group',
    (left, right) => nameOf(left).toLowerCase() === nameOf(right).toLowerCase(),
  ),
  subnetGroup: named(
    'subnetGroup',
    'the subnet group',
    (left, right) => nameOf(left).toLowerCase() === nameOf(right).toLowerCase(),
  ),
  latestRestorableWithin: within('latestRestorable', 'latest restorable time'),
};

const JUDGEMENTS = [retentionOff, restorableTooOld, pendingChange, supportEnds, snapshotLoses, upgradePath];

export const rdsInstance: Kind = {
  id: 'aws/rds-instance',
  regional: true,
  expectations: EXPECTATIONS,
  judgements: JUDGEMENTS,
};
export const rdsCluster: Kind = {
  id: 'aws/rds-cluster',
  regional: true,
  expectations: EXPECTATIONS,
  judgements: JUDGEMENTS,
};

/** A snapshot made by hand or by RDS. */
export const rdsSnapshot: Kind = {
  id: 'aws/rds-snapshot',
  regional: true,
  expectations: {
    encrypted: flag('encrypted', 'encryption'),
    kmsKey: unless(encryptionKey, isUnencrypted('encrypted')),
    status: plain('status', 'status'),
    newerThan: within('createdAt', 'creation time'),
  },
  judgements: [
    {
      facts: () => ['status'],
      replaces: { keys: ['status'], excused: ['drift/backup-unusable'] },
      judge({ resource, fact }) {
        const status = textOf(fact('status'));
        if (status === undefined || !/fail|incompatible|delet/i.test(status)) return [];
        return [
          {
            code: 'drift/backup-unusable',
            message: `The snapshot ${resource.id} is ${status}, so nothing can be restored from it.`,
            path: [...resource.path, 'id'],
            expected: 'available',
            actual: status,
          },
        ];
      },
    },
    snapshotUpgrade,
  ],
};
