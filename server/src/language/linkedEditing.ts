/** Linked editing: a name and its uses in the same file change together while it is typed. */
import { rangeOf, type PositionRange } from '../core/document/navigate.ts';
import { declarationsOf, referencesOf } from '../core/references/references.ts';
import { entryAt, type LanguageContext } from './context.ts';

/** Only names that nothing outside of the document can mean: resources, backups and steps. */
const LOCAL = new Set(['resource', 'backup', 'step']);

/** As the protocol's LinkedEditingRanges. */
export interface LinkedRanges {
  readonly ranges: readonly PositionRange[];
  readonly wordPattern: string;
}

/** The places that change with the one at `offset`; undefined where it is no local name, or nothing else uses it. */
export function linkedEditingRanges(context: LanguageContext, offset: number): LinkedRanges | undefined {
  const entry = entryAt(context, offset);
  if (!entry) return undefined;
  const declared = declarationsOf(entry).find(
    (each) => LOCAL.has(each.target) && each.span.start <= offset && offset <= each.span.end,
  );
  if (!declared) return undefined;
  const uses = referencesOf(entry).flatMap((each) =>
    each.form !== 'implicit' && each.target === declared.target && each.name === declared.name ? [each.span] : [],
  );
  const same = [declared.span, ...uses].filter(
    (span) => context.parsed.text.slice(span.start, span.end) === declared.name,
  );
  if (same.length < 2) return undefined;
  return { ranges: same.map((span) => rangeOf(context.parsed, span)), wordPattern: '[A-Za-z0-9_][A-Za-z0-9_.-]*' };
}
