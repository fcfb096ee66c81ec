/** AWS Backup: vaults and their locks, and the recovery points in them. */
import { DAY_MS, durationText, field, listOf, shown, textOf } from '../../expected.ts';
import { undecided, valueVerdict, type Kind, type Verdict } from '../kind.ts';
import { plain } from '../expectations.ts';
import { satisfies } from '../../expected.ts';
import { sameName } from './arn.ts';
import { encryptionKey } from './key.ts';

export const backupVault: Kind = {
  id: 'aws/backup-vault',
  regional: true,
  expectations: {
    lock: plain('lock', 'lock'),
    minRetentionDays: plain('minRetentionDays', 'a least retention (days) of', 'number'),
    maxRetentionDays: plain('maxRetentionDays', 'a longest retention (days) of', 'number'),
    kmsKey: encryptionKey,
  },
  judgements: [
    {
      facts: (resource, context) =>
        resource.name !== undefined &&
        context.backups.some((backup) => backup.store === resource.name && backup.retentionMs !== undefined)
          ? ['maxRetentionDays']
          : [],
      judge({ resource, context, fact }) {
        const most = fact('maxRetentionDays');
        if (typeof most !== 'number') return [];
        return context.backups
          .filter((backup) => backup.store === resource.name && (backup.retentionMs ?? 0) > most * DAY_MS)
          .map((backup) => ({
            code: 'drift/expires-early',
            message: `${resource.id} refuses to keep anything longer than ${String(most)} days; ${backup.name} must be kept for ${backup.retention ?? ''}.`,
            path: [...backup.path, 'retention'],
            expected: backup.retention,
            actual: `${String(most)}d`,
          }));
      },
    },
  ],
};

interface Point {
  readonly arn: string;
  readonly resource: string;
  readonly status: string;
  readonly createdAt: string;
  readonly deleteAt: string | undefined;
}

function pointsOf(fact: unknown): readonly Point[] {
  return listOf(fact === 'none' ? [] : fact).map((point) => ({
    arn: textOf(field(point, 'arn')) ?? '',
    resource: textOf(field(point, 'resource')) ?? '',
    status: textOf(field(point, 'status')) ?? '',
    createdAt: textOf(field(point, 'createdAt')) ?? '',
    deleteAt: textOf(field(point, 'deleteAt')),
  }));
}

/** `of` says whose points are meant: the name of a resource, an ARN or an identifier. */
function ofResource(points: readonly Point[], of: unknown, id: string | undefined): readonly Point[] {
  const wanted = id ?? textOf(of);
  return wanted === undefined ? points : points.filter((point) => sameName(point.resource, wanted));
}

const newest = (points: readonly Point[]): Point | undefined =>
  [...points]
    .filter((point) => point.status === 'COMPLETED')
    .sort((left, right) => Date.parse(right.createdAt) - Date.parse(left.createdAt))[0];

export const recoveryPoints: Kind = {
  id: 'aws/recovery-points',
  regional: true,
  expectations: {
    of: {
      facts: () => ['points'],
      judge(expected, { resource, fact, context }) {
        const points = ofResource(pointsOf(fact('points')), expected, context.resources.get(shown(expected))?.id);
        return points.length > 0
          ? []
          : [
              {
                code: 'drift/backup-missing',
                message: `${resource.id} holds no recovery point of ${shown(expected)}.`,
                expected,
                actual: 'none',
              },
            ];
      },
    },
    newerThan: {
      facts: () => ['points'],
      judge(expected, { resource, fact, context }) {
        const of = resource.expect['of'];
        const found = newest(ofResource(pointsOf(fact('points')), of, context.resources.get(shown(of))?.id));
        if (!found)
          return of === undefined
            ? [
                {
                  ...valueVerdict(resource, 'recovery points:', expected, 'none'),
                  code: 'drift/backup-missing',
                  message: `${resource.id} holds no completed recovery point.`,
                },
              ]
            : [];
        const age = context.now - Date.parse(found.createdAt);
        const bound = /^[<>=]/.test(shown(expected)) ? expected : `<=${shown(expected)}`;
        const holds = satisfies(bound, `${String(Math.max(0, age))}ms`, 'duration');
        if (holds === 'yes') return [];
        if (holds === 'undecided') return [undecided(`${resource.id}: ${shown(expected)} is no duration.`)];
        return [
          {
            code: 'drift/value',
            message: `The newest recovery point in ${resource.id} is ${durationText(age)} old; the runbook expects one within ${shown(expected)}.`,
            expected,
            actual: found.createdAt,
          },
        ];
      },
    },
    status: {
      facts: () => ['points'],
      judge(expected, { resource, fact, context }) {
        const of = resource.expect['of'];
        return ofResource(pointsOf(fact('points')), of, context.resources.get(shown(of))?.id)
          .filter((point) => satisfies(expected, point.status, 'text') === 'no')
          .slice(0, 1)
          .map((point) =>
            valueVerdict(resource, 'a recovery point with status', expected, point.status, {
              data: { arn: point.arn },
            }),
          );
      },
    },
  },
  judgements: [
    {
      facts: () => ['points'],
      judge({ resource, fact, context }) {
        const of = resource.expect['of'];
        const points = ofResource(pointsOf(fact('points')), of, context.resources.get(shown(of))?.id);
        const path = [...resource.path, 'id'];
        const verdicts: Verdict[] = [];
        const newestOfAll = [...points].sort(
          (left, right) => Date.parse(right.createdAt) - Date.parse(left.createdAt),
        )[0];
        if (
          newestOfAll &&
          ['PARTIAL', 'EXPIRED'].includes(newestOfAll.status) &&
          resource.expect['status'] === undefined
        ) {
          verdicts.push({
            code: 'drift/backup-unusable',
            message: `The newest recovery point in ${resource.id} (of ${newestOfAll.resource}) is ${newestOfAll.status}.`,
            path,
            expected: 'COMPLETED',
            actual: newestOfAll.status,
          });
        }
        const { rpoMs, rpo } = context.restore;
        const good = newest(points);
        if (
          good &&
          rpoMs !== undefined &&
          resource.expect['newerThan'] === undefined &&
          context.backups.some((backup) => backup.store === resource.name)
        ) {
          const age = context.now - Date.parse(good.createdAt);
          if (age > rpoMs) {
            verdicts.push({
              code: 'drift/backup-stale',
              message: `The newest recovery point in ${resource.id} is ${durationText(age)} old; the RPO is ${rpo ?? ''}.`,
              path,
              expected: rpo,
              actual: good.createdAt,
            });
          }
        }
        for (const backup of context.backups) {
          if (backup.store !== resource.name || backup.retentionMs === undefined || !good?.deleteAt) continue;
          const life = Date.parse(good.deleteAt) - Date.parse(good.createdAt);
          if (life < backup.retentionMs) {
            verdicts.push({
              code: 'drift/expires-early',
              message: `The newest recovery point in ${resource.id} is deleted after ${durationText(life)}; ${backup.name} must be kept for ${backup.retention ?? ''}.`,
              path: [...backup.path, 'retention'],
              expected: backup.retention,
              actual: durationText(life),
            });
          }
        }
        return verdicts;
      },
    },
  ],
};
