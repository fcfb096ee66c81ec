/** Lifecycle rules against retention: a rule that expires a backup before its retention ends takes the backup away. */
import { DAY_MS, durationMs, durationText, field, listOf, shown, textOf } from '../../expected.ts';
import type { BackupUse, DriftResource } from '../../resource.ts';
import { undecided, type DriftContext, type JudgeInput, type Judgement, type Verdict } from '../kind.ts';

/** A lifecycle rule as the `lifecycle` fact carries it; only enabled ones are in it. */
export interface LifecycleRule {
  readonly id: string;
  /** Empty for all objects. */
  readonly prefix: string;
  /** The rule has a filter on tags, which this can't evaluate. */
  readonly tagged: boolean;
  readonly largerThan?: number;
  readonly smallerThan?: number;
  readonly expirationDays?: number;
  /** ISO 8601; everything older than it is expired from then on. */
  readonly expirationDate?: string;
  readonly transitions: readonly { readonly days: number; readonly storageClass: string }[];
}

/** The rules of a `lifecycle` fact; `none` is no rule. */
export function rulesOf(fact: unknown): readonly LifecycleRule[] {
  return listOf(fact === 'none' ? [] : fact).map((rule) => ({
    id: textOf(field(rule, 'id')) ?? '',
    prefix: textOf(field(rule, 'prefix')) ?? '',
    tagged: field(rule, 'tagged') === true,
    ...numberIf('largerThan', field(rule, 'largerThan')),
    ...numberIf('smallerThan', field(rule, 'smallerThan')),
    ...numberIf('expirationDays', field(rule, 'expirationDays')),
    ...(typeof field(rule, 'expirationDate') === 'string'
      ? { expirationDate: String(field(rule, 'expirationDate')) }
      : {}),
    transitions: listOf(field(rule, 'transitions')).map((each) => ({
      days: Number(field(each, 'days') ?? 0),
      storageClass: textOf(field(each, 'storageClass')) ?? '',
    })),
  }));
}

function numberIf<Key extends string>(key: Key, value: unknown): Partial<Record<Key, number>> {
  return typeof value === 'number' ? ({ [key]: value } as Partial<Record<Key, number>>) : {};
}

/** How long an object lives under a rule, milliseconds; undefined where the rule expires nothing. */
function lifeOf(rule: LifecycleRule, now: number): number | undefined {
  if (rule.expirationDays !== undefined) return rule.expirationDays * DAY_MS;
  if (rule.expirationDate === undefined) return undefined;
  return Math.max(0, Date.parse(rule.expirationDate) - now);
}

/** Does a rule reach objects below `prefix`? A rule for a narrower prefix reaches only a part, and isn't counted. */
export function covers(rule: LifecycleRule, prefix: string | undefined): boolean {
  // `orders` and `orders/` mean one folder.
  return (prefix ?? '').startsWith(rule.prefix) || (prefix !== undefined && `${prefix}/` === rule.prefix);
}

function ruleName(rule: LifecycleRule): string {
  return rule.id === '' ? 'a lifecycle rule' : `the lifecycle rule "${rule.id}"`;
}

function storedIn(resource: DriftResource, backups: readonly BackupUse[]): readonly BackupUse[] {
  return resource.name === undefined ? [] : backups.filter((backup) => backup.store === resource.name);
}

/** Backups whose retention is longer than a rule lets them live. */
export const expiresEarly: Judgement = {
  facts: (resource, context) =>
    storedIn(resource, context.backups).some((backup) => backup.retentionMs !== undefined) ? ['lifecycle'] : [],
  unknownMatters: true,
  judge({ resource, context, fact }) {
    const rules = rulesOf(fact('lifecycle'));
    return storedIn(resource, context.backups).flatMap((backup) => {
      if (backup.retentionMs === undefined) return [];
      return worst(rules, backup.prefix, backup.retentionMs, context, (rule, life) => ({
        code: 'drift/expires-early',
        message: `${resource.id} expires objects below "${rule.prefix}" after ${durationText(life)} (${ruleName(rule)}); ${backup.name} must be kept for ${backup.retention ?? ''}.`,
        path: [...backup.path, 'retention'],
        expected: backup.retention,
        actual: durationText(life),
      }));
    });
  },
};

/** `keepsFor` of a bucket: no rule at all expires sooner. */
export function judgeKeepsFor(expected: unknown, { resource, context, fact }: JudgeInput): readonly Verdict[] {
  const wanted = durationMs(shown(expected).replace(/^>=?\s*/, ''));
  if (wanted === undefined) return [undecided(`${resource.id}: ${shown(expected)} is no duration.`)];
  return rulesOf(fact('lifecycle')).flatMap((rule): Verdict[] => {
    const life = lifeOf(rule, context.now);
    if (life === undefined || life >= wanted) return [];
    return [
      {
        code: 'drift/expires-early',
        message: `${resource.id} expires objects below "${rule.prefix}" after ${durationText(life)} (${ruleName(rule)}); the runbook expects it to keep them for ${shown(expected)}.`,
        expected,
        actual: durationText(life),
      },
    ];
  });
}

/** The shortest-lived certain rule, else what a filter on tags or size leaves open. */
function worst(
  rules: readonly LifecycleRule[],
  prefix: string | undefined,
  retentionMs: number,
  context: DriftContext,
  say: (rule: LifecycleRule, life: number) => Verdict,
): Verdict[] {
  const early = rules
    .filter((rule) => covers(rule, prefix))
    .map((rule) => ({ rule, life: lifeOf(rule, context.now) }))
    .filter((each): each is { rule: LifecycleRule; life: number } => each.life !== undefined && each.life < retentionMs)
    .sort((left, right) => left.life - right.life);
  const certain = early.find(
    ({ rule }) => !rule.tagged && rule.largerThan === undefined && rule.smallerThan === undefined,
  );
  if (certain) return [say(certain.rule, certain.life)];
  const [open] = early;
  if (!open) return [];
  const { code: _code, message, ...rest } = say(open.rule, open.life);
  return [
    undecided(
      `${message} The rule also filters by tag or size, so whether it reaches these objects can't be told here.`,
      rest,
    ),
  ];
}
