/** The baseline of coverage: gaps that somebody accepted, each with a reason and an end date. */
import { parseDocument } from 'yaml';
import { dataOf, listOf, textOf, timeOf } from '../rules/read.ts';

export interface AcceptedGap {
  readonly kind: string;
  readonly id: string;
  readonly account?: string;
  readonly region?: string;
  readonly reason: string;
  /** `2027-03-31`. */
  readonly until: string;
}

export interface Baseline {
  readonly accept: readonly AcceptedGap[];
  /** What is wrong with the file, in sentences; a row that is wrong accepts nothing. */
  readonly problems: readonly string[];
}

/** Reads a baseline file (YAML or JSON): `{ version: 1, accept: [{ kind, id, account, region, reason, until }] }`. Never throws. */
export function parseBaseline(text: string): Baseline {
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error) return { accept: [], problems: [`The baseline is no YAML: ${error.message.split('\n')[0] ?? ''}`] };
  const value = dataOf(document.toJS());
  const problems: string[] = [];
  if (value['version'] !== 1)
    problems.push('The baseline has no "version: 1", so it may mean something else than it seems.');
  const accept = listOf(value['accept']).flatMap((each, index): AcceptedGap[] => {
    const row = dataOf(each);
    const [kind, id, reason, until] = ['kind', 'id', 'reason', 'until'].map((key) => textOf(row[key]));
    if (
      kind === undefined ||
      id === undefined ||
      reason === undefined ||
      until === undefined ||
      timeOf(until) === undefined
    ) {
      problems.push(
        `Row ${index + 1} of the baseline accepts nothing, because each needs kind, id, reason and until (a date).`,
      );
      return [];
    }
    const [account, region] = [textOf(row['account']), textOf(row['region'])];
    return [
      {
        kind,
        id,
        reason,
        until,
        ...(account === undefined ? {} : { account }),
        ...(region === undefined ? {} : { region }),
      },
    ];
  });
  return { accept, problems };
}

/** A baseline that accepts `gaps` until `until`; the reason is for people to write. */
export function writeBaseline(
  gaps: readonly Omit<AcceptedGap, 'reason' | 'until'>[],
  until: string,
  reason: string,
): string {
  const accept = gaps.map(({ kind, id, account, region }) => ({ kind, id, account, region, reason, until }));
  return `${JSON.stringify({ version: 1, accept }, null, 2)}\n`;
}
