/** Owners and objectives as Markdown runbooks write them. */
import { listOf, textOf, type Data } from '../rules/read.ts';
import { parseDuration } from '../values/duration.ts';

/** `Ada Lovelace <ada@example.com>`, `Payments: #payments-oncall`, `@acme/data`. */
export function ownerOf(text: string): Owner {
  const plain = text
    .replace(/[*_]{1,2}([^*_]+)[*_]{1,2}/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  const contact = /[\w.+-]+@[\w-]+\.[\w.]+|#[\w-]+|@[\w/-]+|https?:\/\/\S+/u.exec(plain)?.[0];
  if (contact === undefined) return { name: plain };
  const at = plain.indexOf(contact);
  const [before, behind] = [plain.slice(0, at), plain.slice(at + contact.length)];
  const name = before.replace(/[\s<>()[\]:,\u2013\u2014-]+$/u, '');
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

export interface Owner {
  name: string;
  contact?: string;
}

/** Owners of the front matter (`owner`, `owners`), else of a line such as `Owner: Ada <ada@example.com>, Bob` or `| Owner | Ada |`: the line stays in the text as well. */
export function ownersIn(front: Data, preamble: readonly string[]): Owner[] {
  const given = ['owners', 'owner']
    .flatMap((key) => [front[key], ...listOf(front[key])])
    .flatMap((each) => textOf(each) ?? []);
  const lines = preamble.flatMap((text) => text.split('\n')).flatMap((line) => OWNER_LINE.exec(line)?.[1] ?? []);
  const texts = (given.length > 0 ? given : lines).flatMap((each) => each.split(/[,;]|\band\b/u));
  const owners = texts.map((each) => ownerOf(each)).filter(({ name }) => name !== '');
  return owners.filter(({ name }, index) => owners.findIndex((other) => other.name === name) === index);
}

const OWNER_LINE = /^[\s>*_|+-]*(?:owners?|owned by|maintainers?)\b[*_\s]*[:|]\s*([^|\n]+)/iu;

/** The day of `Last reviewed: 2026-01-05`, `| Reviewed on | 2026-01-05 |` or of the front matter, or undefined; it stays in the text as well. */
export function reviewedIn(front: Data, preamble: readonly string[]): string | undefined {
  const told = [front['reviewedOn'], front['reviewed'], front['last_reviewed']].map((each) =>
    each instanceof Date ? each.toISOString() : textOf(each),
  );
  const line = /\breview(?:ed)?\b[^\d\n]{0,20}(\d{4}-\d{2}-\d{2})\b/iu;
  const day = told.find((each) => each !== undefined)?.slice(0, 10) ?? line.exec(preamble.join('\n'))?.[1];
  return day !== undefined && /^\d{4}-\d{2}-\d{2}$/u.test(day) && !Number.isNaN(Date.parse(day)) ? day : undefined;
}
