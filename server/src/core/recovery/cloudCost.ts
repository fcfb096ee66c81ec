/** What a restore by the provider costs at most, from the environment's prices; unknown prices are told, never guessed. */
import { asText, type PlainMap } from '../references/read.ts';
import { parseMoney } from '../values/money.ts';

export interface CloudUse {
  readonly tool: string;
  readonly bytes: number;
  /** For instances. */
  readonly instanceClass?: string;
  /** The longest that it may stand, milliseconds. */
  readonly forMs: number;
}

export type CloudCost =
  { readonly amount: number; readonly currency: string; readonly how: string } | { readonly unknown: string };

const GIB = 1024 ** 3;
const HOUR = 3_600_000;
const HOURS_A_MONTH = 730;

/** The cost of one restore, or the sentence why it can't be said. */
export function cloudCost(use: CloudUse, prices: PlainMap): CloudCost {
  const gib = Math.max(1, use.bytes / GIB);
  const hours = Math.max(1, use.forMs / HOUR);
  const parts: readonly { readonly key: string; readonly units: number; readonly what: string }[] =
    use.tool === 'dynamodb-pitr'
      ? [{ key: 'dynamodb:restore per GiB', units: gib, what: `${gib.toFixed(1)} GiB restored` }]
      : [
          {
            key: `rds:${use.instanceClass ?? 'instance'} per hour`,
            units: hours,
            what: `${hours.toFixed(1)} h of ${use.instanceClass ?? 'the instance'}`,
          },
          {
            key: 'rds:storage per GiB month',
            units: (gib * hours) / HOURS_A_MONTH,
            what: `${gib.toFixed(0)} GiB for as long`,
          },
        ];
  let amount = 0;
  let currency: string | undefined;
  for (const part of parts) {
    const price = parseMoney(asText(prices[part.key]) ?? '');
    if (!price)
      return {
        unknown: `What the restore would cost is not known: the environment's "prices" have no "${part.key}"; add it, such as "${part.key}": 0.10 USD.`,
      };
    if (currency !== undefined && price.currency !== currency)
      return {
        unknown: `The environment's "prices" mix ${currency} and ${price.currency}: give them in one currency.`,
      };
    currency = price.currency;
    amount += price.amount * part.units;
  }
  const asOf = asText(prices['asOf']);
  return {
    amount: Math.ceil(amount * 10_000) / 10_000,
    currency: currency ?? '',
    how: `${parts.map((part) => part.what).join(', ')}${asOf === undefined ? '' : `, prices of ${asOf}`}`,
  };
}
