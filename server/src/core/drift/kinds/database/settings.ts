/** A server's settings against what is declared: with or without a unit, as switches, as lists, as comparisons. */
import { entriesOf, field, shown, textOf, type Holds } from '../../expected.ts';
import { parseConstraint, type Comparison } from '../../../values/constraint.ts';
import { parseDuration } from '../../../values/duration.ts';
import { undecided, valueVerdict, type Expectation, type Verdict } from '../kind.ts';

/** Name of the fact with a setting as its configuration file takes it: a bare number and the unit that this means. */
export const BASE_FACT = 'base:';

/** `60` and `s` where the server shows `1min`. */
interface Base {
  readonly value: number;
  readonly unit: string;
}

export const settings: Expectation = {
  facts: (expected) => entriesOf(expected).map(([name]) => `setting:${name}`),
  judge(expected, { resource, fact }) {
    return entriesOf(expected).flatMap(([name, wanted]): Verdict[] => {
      const actual = fact(`setting:${name}`);
      if (actual === undefined) return [];
      const holds = settingHolds(wanted, shown(actual), {
        base: baseOf(fact(`${BASE_FACT}${name}`)),
        thousands: resource.kind === 'database/redis',
        isZone: /time_?zone$/i.test(name),
      });
      if (holds === 'yes') return [];
      if (holds === 'undecided')
        return [
          undecided(`${resource.id}: the setting ${name} (${shown(actual)}) can't be compared with ${shown(wanted)}.`, {
            below: [name],
          }),
        ];
      return [
        {
          ...valueVerdict(resource, name, wanted, actual, { below: [name] }),
          message: `${resource.id} has ${name} = ${shown(actual)}; the runbook expects ${shown(wanted)}.`,
        },
      ];
    });
  },
};

function baseOf(fact: unknown): Base | undefined {
  const value = Number(field(fact, 'value') ?? Number.NaN);
  return Number.isNaN(value) ? undefined : { value, unit: textOf(field(fact, 'unit')) ?? '' };
}

export interface SettingContext {
  readonly base?: Base | undefined;
  /** `100m` is 100,000,000 to Redis, and 104,857,600 to MySQL; with a `b` behind it they agree. */
  readonly thousands?: boolean;
  /** Names of time zones, of which one zone may have several. */
  readonly isZone?: boolean;
}

/** Does the live text of a setting satisfy what is declared? */
export function settingHolds(wanted: unknown, actual: string, context: SettingContext = {}): Holds {
  const constraint = parseConstraint(wanted);
  if (!constraint) return 'undecided';
  let open = false;
  for (const comparison of constraint.comparisons) {
    const holds = comparisonHolds(comparison, actual, context);
    if (holds === false) return 'no';
    open ||= holds === undefined;
  }
  return open ? 'undecided' : 'yes';
}

function comparisonHolds(
  { operator, operand }: Comparison,
  actual: string,
  context: SettingContext,
): boolean | undefined {
  const order = orderOf(operand, actual, context);
  if (operator === '=' || operator === '!=') {
    const same = sameText(operand, actual) || order === 0 || (context.isZone === true && sameZone(operand, actual));
    // A time beside a bare number: of what unit that is nobody says.
    if (!same && order === undefined && NUMBER.test(actual.trim()) && timeOf(operand.trim()) !== undefined)
      return undefined;
    return same === (operator === '=');
  }
  if (order === undefined) return undefined;
  if (order === 0) return operator.endsWith('=');
  return order > 0 === operator.startsWith('>');
}

/** The same word, switch or list, whatever its case and order. */
function sameText(left: string, right: string): boolean {
  const [one, other] = [left.trim().toLowerCase(), right.trim().toLowerCase()];
  if (one === other) return true;
  const [first, second] = [switchOf(one), switchOf(other)];
  // Two bare numbers are numbers; only beside a word are they switches.
  if (first !== undefined && first === second) return !(NUMBER.test(one) && NUMBER.test(other));
  return one.includes(',') && other.includes(',') && itemsOf(one) === itemsOf(other);
}

/** `UTC` and `Etc/UTC` are one zone. */
function sameZone(left: string, right: string): boolean {
  const zoneOf = (name: string): string | undefined => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name.trim() }).resolvedOptions().timeZone;
    } catch {
      return undefined;
    }
  };
  const zone = zoneOf(left);
  return zone !== undefined && zone === zoneOf(right);
}

function switchOf(text: string): boolean | undefined {
  if (['on', 'true', 'yes', '1', 'enabled'].includes(text)) return true;
  return ['off', 'false', 'no', '0', 'disabled'].includes(text) ? false : undefined;
}

const itemsOf = (text: string): string =>
  text
    .split(',')
    .map((item) => item.trim())
    .sort()
    .join(',');

/** The sign of actual − operand; undefined where the two can't be measured alike. */
function orderOf(operand: string, actual: string, { base, thousands }: SettingContext): number | undefined {
  const [wanted, live] = [operand.trim().toLowerCase(), actual.trim().toLowerCase()];
  if (NUMBER.test(wanted)) {
    const number = base?.value ?? (NUMBER.test(live) ? Number(live) : undefined);
    return number === undefined ? undefined : Math.sign(number - Number(wanted));
  }
  const isTime = base !== undefined && /^(?:us|ms|s|min|h|d)$/.test(base.unit);
  const readers = isTime ? [timeOf] : base?.unit ? [sizeOf] : [sizeOf, timeOf];
  for (const read of readers) {
    const [left, right] = [read(wanted, thousands === true), measured(live, base, read, thousands === true)];
    if (left !== undefined && right !== undefined) return Math.sign(right - left);
  }
  return undefined;
}

type Read = (text: string, thousands: boolean) => number | undefined;

/** The live value; a bare number is bytes where sizes are compared, and of no known unit where times are. */
function measured(live: string, base: Base | undefined, read: Read, thousands: boolean): number | undefined {
  const own = read(live, thousands);
  if (own !== undefined) return own;
  if (base?.unit) {
    const one = read(/^\d/.test(base.unit) ? base.unit : `1${base.unit.toLowerCase()}`, thousands);
    return one === undefined ? undefined : base.value * one;
  }
  return read === sizeOf && NUMBER.test(live) ? Number(live) : undefined;
}

const NUMBER = /^[-+]?\d+(?:\.\d+)?$/;
const SIZE = /^([-+]?\d+(?:\.\d+)?)\s*(b|[kmgt](?:i?b)?)$/i;

function sizeOf(text: string, thousands: boolean): number | undefined {
  const match = SIZE.exec(text);
  if (!match) return undefined;
  const unit = (match[2] ?? '').toLowerCase();
  const power = ['b', 'k', 'm', 'g', 't'].indexOf(unit.slice(0, 1));
  return Number(match[1]) * (thousands && unit.length === 1 && unit !== 'b' ? 1000 : 1024) ** power;
}

function timeOf(text: string): number | undefined {
  const micro = /^(\d+(?:\.\d+)?)\s*us$/.exec(text);
  if (micro) return Number(micro[1]) / 1000;
  return parseDuration(text.replaceAll(' ', '').replace(/min$/, 'm'))?.ms;
}
