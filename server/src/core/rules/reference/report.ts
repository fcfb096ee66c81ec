/** Makes the findings of the reference rules: one sentence, the exact place, and did-you-mean fixes. */
import { nodeAt, resolved } from '../../document/navigate.ts';
import type { Path, ScalarNode, Span } from '../../document/node.ts';
import type { Finding, Fix, Related } from '../../finding.ts';
import type { Declaration, NameReference } from '../../references/references.ts';
import { editDistance, listed, suggest } from '../../references/suggest.ts';
import type { Entry } from '../../workspace.ts';

export interface Report {
  readonly code: string;
  readonly message: string;
  readonly entry: Entry;
  readonly path: Path;
  readonly at?: 'key' | 'value';
  /** Absolute span inside the scalar at `path`, where not the whole of it is meant. */
  readonly within?: { readonly node: ScalarNode; readonly span: Span };
  readonly related?: readonly Related[];
  readonly fixes?: readonly Fix[];
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The finding of a reference rule; an error, as a policy may soften. */
export function report(made: Report): Finding {
  const { entry, within, ...rest } = made;
  const finding = { severity: 'error', file: entry.file, document: entry.document.index } as const;
  const { code, message, path, at, related, fixes, data } = rest;
  return {
    code,
    message,
    ...finding,
    path,
    ...(at ? { at } : {}),
    ...(within ? placed(entry, path, within) : {}),
    ...(related && related.length > 0 ? { related } : {}),
    ...(fixes && fixes.length > 0 ? { fixes } : {}),
    ...(data ? { data } : {}),
  };
}

/** Relative to the scalar where its path finds it again, so that the finding moves with it; else where it stands now. */
function placed(
  entry: Entry,
  path: Path,
  { node, span }: { readonly node: ScalarNode; readonly span: Span },
): Pick<Finding, 'span' | 'relative'> {
  if (resolved(nodeAt(entry.document, path)) !== node) return { span };
  return { span: { start: span.start - node.start, end: span.end - node.start }, relative: true };
}

/** Beyond so many names a look for the nearest takes longer than a keystroke may. */
const MANY = 2000;

/** A name that means nothing: what is near to it, or else what there is. */
export function unknownName(
  code: string,
  reference: NameReference,
  known: readonly string[],
  what: string,
  where: string,
  instead: string,
): Finding {
  // What stands on the way to the name (the step itself) is not what it means.
  const near =
    known.length > MANY ? [] : suggest(reference.name, known).filter((name) => !reference.path.includes(name));
  const hint =
    near.length > 0
      ? `did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`
      : known.length > 0
        ? `${instead}: ${listed(known)}.`
        : `${instead}.`;
  const message = `There is no ${what} "${reference.name}" ${where}; ${hint}`;
  return report({
    code,
    message,
    entry: reference.entry,
    path: reference.path,
    fixes: replacements(reference.span, near, reference.name),
    data: { target: reference.target, name: reference.name, suggestions: near },
  });
}

/** A fix for each suggestion; preferred where there is just one, and safe where `written` is but a slip of the finger away. */
export function replacements(span: Span, names: readonly string[], written = ''): readonly Fix[] {
  const only = names.length === 1;
  const slip = (name: string): boolean =>
    only && written.length > 3 && digits(name) === digits(written) && editDistance(name, written) <= 2;
  return names.map((name) => ({
    title: `Change to "${name}"`,
    edits: [{ span, newText: name }],
    ...(only ? { preferred: true } : {}),
    ...(slip(name) ? { safe: true } : {}),
  }));
}

/** `orders-1` and `orders-2` are a letter apart and two things. */
function digits(name: string): string {
  return name.replace(/\D+/g, ' ');
}

/** A declaration as a place to look at. */
export function relatedTo(declaration: Declaration, message: string): Related {
  return { file: declaration.entry.file, document: declaration.entry.document.index, path: declaration.path, message };
}

/** A document's name as a place to look at. */
export function relatedName(entry: Entry, message: string): Related {
  return { file: entry.file, document: entry.document.index, path: ['metadata', 'name'], message };
}
