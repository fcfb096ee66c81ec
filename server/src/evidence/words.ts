/** The words and figures of a report: sizes, times, and the order of what is told. */
import { shortTime } from '../core/recovery/measure.ts';
import type { BudgetRecord, EvidenceRecord } from '../core/recovery/record.ts';

export const LEVELS = ['static', 'preflight', 'verified', 'restored', 'cloud sandbox', 'drill'] as const;

function levelWords(level: number): string {
  return `${level} (${LEVELS[level] ?? 'unknown'})`;
}

function bytesWords(bytes: number | undefined): string {
  if (bytes === undefined) return 'unknown';
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${bytes} bytes` : `${value.toFixed(1)} ${units[unit] ?? ''} (${bytes} bytes)`;
}

export function titleOf(record: EvidenceRecord): string {
  const scenario = record.scenario === undefined ? '' : `, scenario ${record.scenario}`;
  return `${record.runbook.title ?? record.runbook.name}${record.dryRun === undefined ? '' : `: ${record.dryRun}`}${scenario}`;
}

/** What the evidence proves, and what it doesn't. */
export function provesWords(record: EvidenceRecord): string {
  if (record.kind === 'drill')
    return record.result === 'cancelled'
      ? 'People began to go through the runbook and stopped; their times so far are below.'
      : 'People went through the runbook; their times are below.';
  if (record.level < 1) return 'The documents were checked. Nothing was looked up and nothing was restored.';
  if (record.level < 2) return 'The newest backup was found and described. It was not read whole and not restored.';
  if (record.level < 3) return 'All bytes of the backup were read and verified. It was not restored.';
  return record.proves === 'runbook'
    ? "The runbook's own steps brought the data back in a sandbox."
    : "The backup was restored by its tool in a sandbox. The runbook's own steps were not run.";
}

/** Facts in two columns, in the order of an auditor's questions. */
export function factsOf(record: EvidenceRecord): readonly (readonly [string, string])[] {
  const { backup, measured, role, runbook, budget } = record;
  const facts: [string, string | undefined][] = [
    ['Runbook', `${runbook.name} (${runbook.file})`],
    ['Runbook SHA-256', runbook.sha256],
    [
      'Commit',
      runbook.commit === undefined
        ? undefined
        : `${runbook.commit}${runbook.dirty === true ? ', with changes that are not committed' : ''}`,
    ],
    [
      'Environment',
      record.environment
        ? `${record.environment.name}${record.environment.account === undefined ? '' : `, account ${record.environment.account}`}`
        : undefined,
    ],
    ['Data class', record.dataClass],
    ['Scenario', record.scenario],
    [
      'Level',
      `${levelWords(record.level)}${record.level === record.requestedLevel ? '' : `; ${levelWords(record.requestedLevel)} was asked for`}`,
    ],
    ['Proves', record.proves],
    ['Run by', `${record.by.git ?? record.by.user} on ${record.by.host}`],
    [
      'Restore role',
      role
        ? `${role.arn ?? role.name}: ${role.assumed ? 'assumed' : `not assumed${role.why === undefined ? '' : ` (${role.why})`}`}`
        : 'none declared',
    ],
    ['Started', record.startedAt],
    ['Finished', record.finishedAt],
    [
      'Backup',
      backup
        ? `${backup.uri}${backup.versionId === undefined ? '' : `, version ${backup.versionId}`}`
        : record.kind === 'drill'
          ? undefined
          : 'none found',
    ],
    [
      'Made',
      backup?.time === undefined
        ? undefined
        : `${backup.time} (by its ${backup.timeFrom ?? 'store'}), ${shortTime(backup.ageMs ?? 0)} old`,
    ],
    ['Size', backup ? bytesWords(backup.bytes) : undefined],
    [
      'Source',
      backup?.sourceVersion === undefined
        ? undefined
        : `server ${backup.sourceVersion}${backup.toolVersion === undefined ? '' : `, ${backup.toolVersion}`}`,
    ],
    [
      'Checksum',
      backup?.checksum
        ? `${backup.checksum.algorithm} ${backup.checksum.value}: ${backup.checksum.state}${backup.checksum.source === undefined ? '' : ` (${backup.checksum.source})`}`
        : undefined,
    ],
    [
      'Lock',
      backup?.lock
        ? `${backup.lock.state}${backup.lock.mode === undefined ? '' : `, ${backup.lock.mode}`}${backup.lock.until === undefined ? '' : ` until ${backup.lock.until}`}`
        : undefined,
    ],
    [
      'Sandbox',
      record.sandbox
        ? [
            [record.sandbox.engine, record.sandbox.version].filter((each) => each !== undefined).join(' '),
            record.sandbox.address ?? record.sandbox.kind,
            record.sandbox.isolation,
          ]
            .filter((each) => each !== undefined)
            .join('; ')
        : undefined,
    ],
    ['Restored', measured.restoredBytes === undefined ? undefined : bytesWords(measured.restoredBytes)],
    ['Time', measured.statement],
    ['Recovery time', measured.rtoMs === undefined || measured.withinRto === undefined ? undefined : rtoWords(record)],
    [
      'Recovery point',
      measured.rpoMs === undefined || measured.ageMs === undefined
        ? undefined
        : `${shortTime(measured.ageMs)} old, objective ${shortTime(measured.rpoMs)}: ${measured.withinRpo === undefined ? 'not judged by this backup' : measured.withinRpo ? 'within' : 'over'}`,
    ],
    ['Effort', effortWords(budget)],
    ['Cost', costWords(budget)],
    ['Record', record.id],
    [
      'Chain',
      record.chain
        ? `${record.chain.writer}, entry ${record.chain.sequence}, after ${record.chain.previous}`
        : undefined,
    ],
    ['Hash', record.hash],
    ['Signature', record.signature ? `ed25519 by ${record.signature.publicKey}` : undefined],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

/** "RTO met" is said only of what passed, and from level 4 up: a sandbox on a workstation is not production. */
function rtoWords(record: EvidenceRecord): string {
  const { elapsedMs = 0, rtoMs = 0, withinRto } = record.measured;
  const figures = `${shortTime(elapsedMs)} of ${shortTime(rtoMs)}`;
  if (withinRto === false) return `${figures}: over the objective`;
  if (record.result !== 'passed') return `${figures}; the run did not pass, so it shows no recovery time`;
  return record.level >= 4
    ? `${figures}: RTO met`
    : `${figures} in the sandbox; a recovery in production was not measured`;
}

/** People's time against the budget for it. */
export function effortWords(budget: BudgetRecord | undefined): string | undefined {
  const effort = budget?.effort;
  if (!effort) return undefined;
  const { measuredMs, estimatedMs, budgetMs } = effort;
  const spent =
    measuredMs === undefined ? `estimated ${shortTime(estimatedMs ?? 0)}` : `measured ${shortTime(measuredMs)}`;
  return `${spent}${ofBudget(budgetMs === undefined ? undefined : shortTime(budgetMs), effort.over)}`;
}

/** Money against the budget for it, with the day of the prices. */
export function costWords(budget: BudgetRecord | undefined): string | undefined {
  const cost = budget?.cost;
  if (!cost) return undefined;
  const { estimated, currency = '', pricesAsOf, missing } = cost;
  const allowed = cost.budget === undefined ? undefined : `${cost.budget} ${cost.budgetCurrency ?? currency}`.trim();
  if (estimated === undefined)
    return `not estimated: ${missing?.join('; ') ?? 'nothing that has a price is read'}${allowed === undefined ? '' : `; the budget is ${allowed}`}`;
  const lacking = missing === undefined ? '' : `; not known whole: ${missing.join('; ')}`;
  return `estimated ${missing === undefined ? '' : 'at least '}${estimated} ${currency}${ofBudget(allowed, cost.over)}${pricesAsOf === undefined ? '' : `; prices of ${pricesAsOf}`}${lacking}`;
}

function ofBudget(budget: string | undefined, over: boolean): string {
  if (budget === undefined) return '';
  return over ? `: over the budget of ${budget}` : ` of a budget of ${budget}`;
}

/** What steers how a text is shown and is no text itself: controls, and those that turn the direction of all that follows. */
const STEERING = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text with what would steer its reader shown as its code: a file name must not pass for another. */
export function steerless(text: string): string {
  return text.replace(STEERING, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
