/** What the readiness report says in words, whatever it is written in: text, Markdown or HTML. */
import { formatDuration } from '../values/duration.ts';
import type { Amount, ReadinessReport, ReadinessRow } from './readiness.ts';
import { STAGES, type Stage } from './maturity.ts';

export const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  hope: 'hope',
  passive: 'passive',
  documented: 'documented',
  checksummed: 'checksummed',
  restored: 'restored',
  drilled: 'drilled',
  'continuously-validated': 'continuously validated',
};

/** `12,345.60 USD`. */
export function moneyWords({ amount, currency }: Amount): string {
  const [whole = '0', cents = '00'] = amount.toFixed(2).split('.');
  return `${whole.replace(/\B(?=(?:\d{3})+$)/gu, ',')}${cents === '00' ? '' : `.${cents}`} ${currency}`;
}

/** To the minute, because more would pretend to know. */
export function timeWords(ms: number): string {
  return ms < 60_000
    ? formatDuration(Math.max(1000, Math.round(ms / 1000) * 1000))
    : formatDuration(Math.round(ms / 60_000) * 60_000);
}

/** The stage of a row, `exempt` included. */
export function stageWords(row: ReadinessRow): string {
  return row.exempt ? 'exempt' : STAGE_WORDS[row.stage];
}

/** `restored in 22m (RTO 1h), on 2026-11-20 (level 3)`, or that it never was. */
export function lastPassWords(row: ReadinessRow): string {
  if (!row.lastPass) return 'never restored';
  const took = row.lastPass.tookMs === undefined ? 'restored' : `restored in ${timeWords(row.lastPass.tookMs)}`;
  const rto = row.rtoMs === undefined || row.lastPass.tookMs === undefined ? '' : ` (RTO ${timeWords(row.rtoMs)})`;
  return `${took}${rto}, on ${row.lastPass.at.slice(0, 10)} (level ${row.lastPass.level})`;
}

/** What the next step takes, or an empty text. */
export function nextCostWords(row: ReadinessRow): string {
  const parts = [
    row.next?.effortMs === undefined ? '' : `about ${timeWords(row.next.effortMs)} of someone's time`,
    row.next?.cost === undefined ? '' : `about ${moneyWords(row.next.cost)}`,
  ].filter((part) => part !== '');
  return parts.join(' and ');
}

/** Layers that are overdue, as people say them. */
export function overdueWords(row: ReadinessRow): string {
  return row.overdue.map((layer) => layer.replace('restore-test', 'restore test')).join(', ');
}

/** `12,000 USD for 2h, as measured`; empty where the policy gives no figure. */
export function outageWords(row: ReadinessRow): readonly [amount: string, forHowLong: string] | undefined {
  if (!row.outage) return undefined;
  const measured = row.outage.measured ? ', as measured' : ', the RTO: never measured';
  return [moneyWords(row.outage), `for ${timeWords(row.outage.forMs)}${measured}`];
}

/** What a year of restore tests and drills costs; empty where it isn't known. */
export function yearlyWords(row: ReadinessRow): string {
  return [
    row.yearly.cost ? moneyWords(row.yearly.cost) : '',
    row.yearly.effortMs > 0 ? `${timeWords(row.yearly.effortMs)} of people's time` : '',
  ]
    .filter((part) => part !== '')
    .join(' and ');
}

/** One sentence for management: how much is proven. */
export function headline(report: Pick<ReadinessReport, 'stages' | 'proven'>): string {
  const counted = STAGES.reduce((sum, stage) => sum + report.stages[stage], 0);
  if (counted === 0) return 'No runbook holds data that must come back.';
  const proven = Math.round((report.proven ?? 0) * counted);
  const shown = 'by what the evidence shows';
  if (counted === 1) return `The one runbook is ${proven === 1 ? '' : 'not yet '}restored or better, ${shown}.`;
  if (proven === counted) return `All ${counted} runbooks are restored or better, ${shown}.`;
  if (proven === 0) return `None of ${counted} runbooks is restored or better: all is hope, ${shown}.`;
  return `${proven} of ${counted} runbooks ${proven === 1 ? 'is' : 'are'} restored or better: the rest is hope, ${shown}.`;
}

/** The cost of outages against the cost of proof, as sentences; empty where the policy gives no figures. */
export function costSentences(report: ReadinessReport): readonly string[] {
  const outage = report.totals.outage.map(moneyWords);
  const yearly = report.totals.yearlyCost.map(moneyWords);
  const effort = report.totals.yearlyEffortMs > 0 ? `${timeWords(report.totals.yearlyEffortMs)} of people's time` : '';
  const sentences: string[] = [];
  if (outage.length > 0) {
    const counted = report.rows.filter((row) => !row.exempt);
    const priced = counted.filter((row) => row.outage).length;
    const which =
      priced === counted.length
        ? priced === 1
          ? 'One outage'
          : 'One outage of each service'
        : `One outage of each service that the policy gives a figure for (${priced} of ${counted.length})`;
    sentences.push(
      `${which} costs ${outage.join(' and ')}, as long as its restore was measured to take, else its RTO.`,
    );
  }
  const cost = [...yearly, ...(effort === '' ? [] : [effort])];
  if (cost.length > 0) sentences.push(`A year of restore tests and drills costs ${cost.join(' and ')}.`);
  return sentences;
}
