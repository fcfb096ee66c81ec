/** What a restore by the provider costs at most, from the environment's prices, else AWS Pricing's; unknown prices are told, never guessed. */
import type { PlainMap } from '../references/read.ts';
import { priceOf, sourcesWords, unknownWords, type AskedPrices, type KnownPrice, type WantedPrice } from './prices.ts';

export interface CloudUse {
  readonly tool: string;
  readonly bytes: number;
  /** For instances. */
  readonly instanceClass?: string;
  /** For instances: `postgres`. */
  readonly engine?: string;
  /** The longest that it may stand, milliseconds. */
  readonly forMs: number;
}

export type CloudCost =
  { readonly amount: number; readonly currency: string; readonly how: string } | { readonly unknown: string };

const GIB = 1024 ** 3;
const HOUR = 3_600_000;
const HOURS_A_MONTH = 730;

interface Part extends WantedPrice {
  readonly units: number;
  readonly what: string;
}

/** The prices that it takes and the environment lacks. */
export function cloudPricesLacking(use: CloudUse, prices: PlainMap): readonly WantedPrice[] {
  return partsOf(use).filter(({ key }) => priceOf([key], prices) === undefined);
}

/** The cost of one restore, or the sentence why it can't be said. */
export function cloudCost(use: CloudUse, prices: PlainMap, asked?: AskedPrices): CloudCost {
  const parts = partsOf(use);
  const used: KnownPrice[] = [];
  let amount = 0;
  for (const { key, units } of parts) {
    const price = priceOf([key], prices, asked);
    if (!price)
      return {
        unknown: `What the restore would cost is not known: ${unknownWords(key, asked)}; add it, such as "${key}": 0.10 USD.`,
      };
    const other = used.find((each) => each.currency !== price.currency);
    if (other)
      return {
        unknown: `The prices mix ${other.currency} (${sourcesWords([other])}) and ${price.currency} (${sourcesWords([price])}): give all in the environment's "prices", in one currency.`,
      };
    used.push(price);
    amount += price.amount * units;
  }
  return {
    amount: Math.ceil(amount * 10_000) / 10_000,
    currency: used[0]?.currency ?? '',
    how: `${parts.map((part) => part.what).join(', ')}, prices of ${sourcesWords(used)}`,
  };
}

function partsOf(use: CloudUse): readonly Part[] {
  const gib = Math.max(1, use.bytes / GIB);
  const hours = Math.max(1, use.forMs / HOUR);
  const { engine, instanceClass } = use;
  if (use.tool === 'dynamodb-pitr')
    return [{ key: 'dynamodb:restore per GiB', units: gib, what: `${gib.toFixed(1)} GiB restored` }];
  const of = { ...(engine === undefined ? {} : { engine }), ...(instanceClass === undefined ? {} : { instanceClass }) };
  return [
    {
      ...of,
      key: `rds:${instanceClass ?? 'instance'} per hour`,
      units: hours,
      what: `${hours.toFixed(1)} h of ${instanceClass ?? 'the instance'}`,
    },
    {
      ...of,
      key: 'rds:storage per GiB month',
      units: (gib * hours) / HOURS_A_MONTH,
      what: `${gib.toFixed(0)} GiB for as long`,
    },
  ];
}
