/** Money as `500 USD`: an amount and an ISO 4217 currency. */

export interface Money {
  readonly amount: number;
  /** Three letters. */
  readonly currency: string;
}

const MONEY = /^(\d{1,3}(?:[,_]\d{3})+|\d+)(\.\d+)?\s*([A-Z]{3})$/;

/** `500 USD`, `0.09 USD`, `20,000 EUR`; undefined where it is no sum of money. */
export function parseMoney(text: string): Money | undefined {
  const match = MONEY.exec(text.trim());
  if (!match) return undefined;
  const amount = Number((match[1] ?? '').replace(/[,_]/g, '') + (match[2] ?? ''));
  return Number.isFinite(amount) ? { amount, currency: match[3] ?? '' } : undefined;
}

/** `500 USD`; up to two decimals, four for sums under one. */
export function formatMoney(money: Money): string {
  const digits = money.amount !== 0 && Math.abs(money.amount) < 1 ? 4 : 2;
  return `${Number(money.amount.toFixed(digits))} ${money.currency}`;
}
