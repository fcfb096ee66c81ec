/** The head of a document: apiVersion and kind, which decide by what schema it is checked. */
import type { ParsedDocument } from '../document/node.ts';
import { writtenSpan } from '../document/lines.ts';
import { nodeAt, pairAt } from '../document/navigate.ts';
import type { FixEdit } from '../finding.ts';
import { endOfLine } from './fixes.ts';
import { KINDS } from './navigate.ts';
import type { SchemaProblem } from './problem.ts';
import { listed, nearest } from './suggest.ts';

export const API_VERSION = 'drillbook/v1';

/** What is wrong with the head of a document of ours; then nothing else of it can be judged. */
export function headProblem(document: ParsedDocument): SchemaProblem | undefined {
  const { apiVersion, kindName } = document;
  if (apiVersion !== API_VERSION) {
    return wrong(
      document,
      'apiVersion',
      apiVersion ?? '',
      [API_VERSION],
      `\`${apiVersion ?? ''}\` is not a version that this Drillbook reads; write \`${API_VERSION}\`.`,
    );
  }
  if (kindName === undefined) {
    // The document itself has no key: that of its version is marked.
    const { start, end } = pairAt(document, ['apiVersion'])?.key ?? { start: document.start, end: document.start + 1 };
    return {
      code: 'schema/missing-key',
      severity: 'error',
      message: `\`kind\` is missing; write one of ${listed(KINDS)}.`,
      path: [],
      span: { start, end },
      relative: false,
      data: { key: 'kind', allowed: [...KINDS] },
      fixes: KINDS.flatMap((kind) => {
        const edit = kindEdit(document, kind);
        return edit ? [{ title: `Add \`kind: ${kind}\``, edits: [edit] }] : [];
      }),
    };
  }
  if (!KINDS.some((kind) => kind === kindName)) {
    const near = nearest(kindName, KINDS);
    const meant = near ? `; did you mean \`${near}\`` : '';
    return wrong(
      document,
      'kind',
      kindName,
      near ? [near] : KINDS,
      `\`${kindName}\` is not a kind of document${meant}; allowed are ${listed(KINDS)}.`,
    );
  }
  return undefined;
}

/** Behind the version; or where the key stands already, without a value or with one that is no name. */
function kindEdit(document: ParsedDocument, kind: string): FixEdit | undefined {
  const there = pairAt(document, ['kind']);
  if (there) {
    const { key, value } = there;
    if (value && value.start < value.end) return { span: writtenSpan(document.text, value), newText: kind };
    const colon = document.text.indexOf(':', key.end);
    return colon < 0 ? undefined : { span: { start: colon + 1, end: colon + 1 }, newText: ` ${kind}` };
  }
  const version = nodeAt(document, ['apiVersion']);
  if (!version) return undefined;
  const end = endOfLine(document, version.end);
  return { span: { start: end, end }, newText: `\nkind: ${kind}` };
}

function wrong(
  document: ParsedDocument,
  key: string,
  value: string,
  allowed: readonly string[],
  message: string,
): SchemaProblem {
  const node = nodeAt(document, [key]);
  return {
    code: 'schema/value',
    severity: 'error',
    message,
    path: [key],
    at: 'value',
    data: { value, allowed: [...allowed] },
    fixes: node
      ? allowed.map((word) => ({
          title: `Change to \`${word}\``,
          edits: [{ span: writtenSpan(document.text, node), newText: word }],
          preferred: allowed.length === 1,
        }))
      : [],
  };
}
