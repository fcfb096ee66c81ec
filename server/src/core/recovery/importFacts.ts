/** Owners and objectives as Markdown runbooks write them. */
import { parseDuration } from '../values/duration.ts';

/** `Ada Lovelace <ada@example.com>`, `Payments: #payments-oncall`, `@acme/data`. */
export function ownerOf(text: string): { name: string; contact?: string } {
  const plain = text
    .replace(/[*_]{1,2}([^*_]+)[*_]{1,2}/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  const contact = /[\w.+-]+@[\w-]+\.[\w.]+|#[\w-]+|@[\w/-]+|https?:\/\/\S+/u.exec(plain)?.[0];
  if (contact === undefined) return { name: plain };
  const at = plain.indexOf(contact);
  const [before, behind] = [plain.slice(0, at), plain.slice(at + contact.length)];
  const name = before.replace(/[\s<>()[\]:,–—-]+$/u, '');
  // Where more is said than a name and a contact all of it stays the name: nothing is dropped.
  return { name: name === '' || /[^\s<>()[\].,;]/u.test(behind) ? plain : name, contact };
}

/** `RPO: 2 hours`, `| RTO | 30 min |`: stays in the text as well. */
export function objectivesIn(markdown: string): { rpo?: string; rto?: string } {
  const found: { rpo?: string; rto?: string } = {};
  for (const key of ['rpo', 'rto'] as const) {
    const match = new RegExp(
      `\\b${key}\\b[^\\n\\d]{0,20}?(\\d+)\\s*(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)\\b`,
      'iu',
    ).exec(markdown);
    const unit = match?.[2]?.toLowerCase();
    const text =
      match && unit !== undefined ? `${match[1] ?? ''}${unit.startsWith('mi') ? 'm' : (unit[0] ?? 'm')}` : undefined;
    if (text !== undefined && parseDuration(text)) found[key] = text;
  }
  return found;
}
