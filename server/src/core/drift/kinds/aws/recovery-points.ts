/** AWS Backup's recovery points: is there one to restore from, is it new enough, and does it live long enough? */
import { durationText, field, listOf, satisfies, shown, textOf } from '../../expected.ts';
import type { BackupUse, DriftResource } from '../../resource.ts';
import {
  undecided,
  valueVerdict,
  type DriftContext,
  type JudgeInput,
  type Judgement,
  type Kind,
  type Verdict,
} from '../kind.ts';
import { sameName } from './arn.ts';
import { backupsIn } from './backup.ts';

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

/** Points of one thing, told by its name, ARN or identifier; all of them where nothing is named. */
function pointsFor(points: readonly Point[], of: string | undefined, context: DriftContext): readonly Point[] {
  const wanted = of === undefined ? undefined : (context.resources.get(of)?.id ?? of);
  return wanted === undefined ? points : points.filter((point) => sameName(point.resource, wanted));
}

/** The points that the expectations of a resource mean. */
function pointsMeant({ resource, fact, context }: JudgeInput): readonly Point[] {
  return pointsFor(pointsOf(fact('points')), textOf(resource.expect['of']), context);
}

/** A backup and its own points: of what it backs up where that is known, else of what the expectation names. */
function pointsByBackup(
  input: JudgeInput,
): readonly { readonly backup: BackupUse; readonly points: readonly Point[] }[] {
  const { resource, context, fact } = input;
  const all = pointsOf(fact('points'));
  return backupsIn(resource, context).map((backup) => {
    const source = backup.of === undefined ? undefined : context.resources.get(backup.of);
    const of = source?.kind.startsWith('aws/') ? backup.of : textOf(resource.expect['of']);
    return { backup, points: pointsFor(all, of, context) };
  });
}

const newestOf = (points: readonly Point[]): Point | undefined =>
  [...points].sort((left, right) => Date.parse(right.createdAt) - Date.parse(left.createdAt))[0];
const newest = (points: readonly Point[]): Point | undefined =>
  newestOf(points.filter((point) => point.status === 'COMPLETED'));

/** The newest of them all can't be restored from. */
const unusable: Judgement = {
  facts: () => ['points'],
  replaces: { keys: ['status'], excused: ['drift/backup-unusable'] },
  judge(input) {
    const { resource } = input;
    const last = newestOf(pointsMeant(input));
    if (!last || !['PARTIAL', 'EXPIRED'].includes(last.status)) return [];
    return [
      {
        code: 'drift/backup-unusable',
        message: `The newest recovery point in ${resource.id} (of ${last.resource}) is ${last.status}.`,
        path: [...resource.path, 'id'],
        expected: 'COMPLETED',
        actual: last.status,
      },
    ];
  },
};

/** Is the backup of what the expectation `of` names? Then its age is what `newerThan` is about. */
const isMeant = (backup: BackupUse, resource: DriftResource): boolean =>
  resource.expect['of'] === undefined || resource.expect['of'] === backup.of;

/** A backup that is said to lie here has no point to restore from, or none that is as new as the RPO wants. */
const staleWhere = (meant: boolean): Judgement => ({
  facts: (resource, context) =>
    backupsIn(resource, context).some((backup) => isMeant(backup, resource) === meant) ? ['points'] : [],
  unknownMatters: true,
  ...(meant ? { replaces: { keys: ['newerThan', 'of'] } } : {}),
  judge(input) {
    const { resource, context } = input;
    const { rpoMs, rpo } = context.restore;
    const path = [...resource.path, 'id'];
    return pointsByBackup(input)
      .filter(({ backup }) => isMeant(backup, resource) === meant)
      .flatMap(({ backup, points }): Verdict[] => {
        const good = newest(points);
        if (!good)
          return [
            {
              code: 'drift/backup-missing',
              message: `${resource.id} holds no completed recovery point for ${backup.name}.`,
              path,
              expected: 'a recovery point',
              actual: 'none',
            },
          ];
        const age = context.now - Date.parse(good.createdAt);
        if (rpoMs === undefined || backup.copyOf !== undefined || age <= rpoMs) return [];
        return [
          {
            code: 'drift/backup-stale',
            message: `The newest recovery point of ${backup.name} in ${resource.id} is ${durationText(age)} old; the RPO is ${rpo ?? ''}.`,
            path,
            expected: rpo,
            actual: good.createdAt,
          },
        ];
      })
      .slice(0, meant ? 1 : undefined);
  },
});

const expiresEarly: Judgement = {
  facts: (resource, context) =>
    backupsIn(resource, context).some((backup) => backup.retentionMs !== undefined) ? ['points'] : [],
  judge: (input) =>
    pointsByBackup(input).flatMap(({ backup, points }): Verdict[] => {
      const good = newest(points);
      if (backup.retentionMs === undefined || !good?.deleteAt) return [];
      const life = Date.parse(good.deleteAt) - Date.parse(good.createdAt);
      if (life >= backup.retentionMs) return [];
      return [
        {
          code: 'drift/expires-early',
          message: `The newest recovery point in ${input.resource.id} is deleted after ${durationText(life)}; ${backup.name} must be kept for ${backup.retention ?? ''}.`,
          path: [...backup.path, 'retention'],
          expected: backup.retention,
          actual: durationText(life),
        },
      ];
    }),
};

export const recoveryPoints: Kind = {
  id: 'aws/recovery-points',
  regional: true,
  expectations: {
    of: {
      facts: () => ['points'],
      judge: (expected, input) =>
        pointsMeant(input).length > 0
          ? []
          : [
              {
                code: 'drift/backup-missing',
                message: `${input.resource.id} holds no recovery point of ${shown(expected)}.`,
                expected,
                actual: 'none',
              },
            ],
    },
    newerThan: {
      facts: () => ['points'],
      judge(expected, input) {
        const { resource, context } = input;
        const found = newest(pointsMeant(input));
        if (!found)
          return pointsMeant(input).length > 0 || resource.expect['of'] === undefined
            ? [
                {
                  code: 'drift/backup-missing',
                  message: `${resource.id} holds no completed recovery point.`,
                  expected,
                  actual: 'none',
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
      judge: (expected, input) =>
        pointsMeant(input)
          .filter((point) => satisfies(expected, point.status, 'text') === 'no')
          .slice(0, 1)
          .map((point) =>
            valueVerdict(input.resource, 'a recovery point with status', expected, point.status, {
              data: { arn: point.arn },
            }),
          ),
    },
  },
  judgements: [unusable, staleWhere(true), staleWhere(false), expiresEarly],
};
