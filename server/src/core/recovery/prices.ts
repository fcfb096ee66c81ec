/** Prices that an estimate needs: by the environment's table first, else by AWS Pricing's, and what neither knows is told. */
import { asText, type PlainMap } from '../references/read.ts';
import { parseMoney } from '../values/money.ts';

/** One price that is needed, by the name that the environment gives it. */
export interface WantedPrice {
  readonly key: string;
  /** Of an instance: `db.t3.medium`. */
  readonly instanceClass?: string;
  /** As RDS names it: `postgres`. */
  readonly engine?: string;
}

export interface KnownPrice {
  readonly amount: number;
  readonly currency: string;
  readonly key: string;
  /** Who says so: `the environment`, `AWS Pricing`. */
  readonly from: string;
  /** The day of the price list. */
  readonly asOf?: string;
}

/** What AWS Pricing answered: prices by key, and in a few words why the others are not known. */
export interface AskedPrices {
  readonly found: Readonly<Record<string, KnownPrice>>;
  readonly unknown: Readonly<Record<string, string>>;
}

/** The price under the first of these keys that is known; the environment's comes before AWS's. */
export function priceOf(keys: readonly string[], prices: PlainMap, asked?: AskedPrices): KnownPrice | undefined {
  const asOf = asText(prices['asOf']);
  for (const key of keys) {
    const price = parseMoney(asText(prices[key]) ?? '');
    if (price) return { ...price, key, from: 'the environment', ...(asOf === undefined ? {} : { asOf }) };
  }
  return keys.map((key) => asked?.found[key]).find((price) => price !== undefined);
}

/** `0.09 USD (egress per GiB, AWS Pricing of 2026-11-01)`. */
export function priceWords({ amount, currency, key, ...price }: KnownPrice): string {
  return `${amount} ${currency} (${key}, ${sourceWords(price)})`;
}

/** `AWS Pricing of 2026-11-01`. */
export function sourceWords({ from, asOf }: Pick<KnownPrice, 'from' | 'asOf'>): string {
  return asOf === undefined ? from : `${from} of ${asOf}`;
}

/** The sources of several prices, each once. */
export function sourcesWords(prices: readonly KnownPrice[]): string {
  return [...new Set(prices.map(sourceWords))].join(', ');
}

/** Why a price is not known: `"prices" of the environment has none, and AWS Pricing could not be asked (…)`. */
export function unknownWords(key: string, asked: AskedPrices | undefined): string {
  const why = asked?.unknown[key];
  return `the environment's "prices" have no "${key}"${why === undefined ? '' : `, and ${why}`}`;
}
