/** Adds a drillbook-ignore with an end date for a finding, or gives one that has ended more time. */
import { pairAt, positionAt } from '../../core/document/navigate.ts';
import type { Finding } from '../../core/finding.ts';
import { findingSpan } from '../../core/findingSpan.ts';
import { suppressionsOf } from '../../core/suppression/suppressions.ts';
import type { LanguageContext } from '../context.ts';
import { untilDate } from '../words.ts';
import { workspaceEdit, type ActionProvider, type ProposedAction } from './action.ts';
import { findingsHere } from './findingFixes.ts';

const NOT_SUPPRESSIBLE = /^(?:unchecked\/|syntax\/|schema\/suppression$|practice\/idle-suppression$)/;

export const suppress: ActionProvider = {
  name: 'suppress',
  kind: 'quickfix',
  propose(context, request) {
    const codes = new Set<string>();
    return findingsHere(context, request).flatMap((finding): readonly ProposedAction[] => {
      if (NOT_SUPPRESSIBLE.test(finding.code) || codes.has(finding.code)) return [];
      codes.add(finding.code);
      return [extend(context, finding) ?? add(context, finding)];
    });
  },
};

function add(context: LanguageContext, finding: Finding): ProposedAction {
  const until = untilDate(context.now);
  const document = context.parsed.documents.find((each) => each.index === finding.document);
  const pair = document && pairAt(document, finding.path);
  const span = findingSpan(context.parsed, finding);
  const own = positionAt(context.parsed, span.start).line;
  // Inside a text of several lines a comment would be text, or end it; the line of its key is above it.
  const isInside =
    pair?.value?.kind === 'scalar' &&
    (pair.value.style === 'literal' ||
      pair.value.style === 'folded' ||
      positionAt(context.parsed, pair.value.start).line < own);
  const line = isInside ? positionAt(context.parsed, pair.key.start).line : own;
  const start = context.parsed.lineStarts[line] ?? 0;
  const end = context.parsed.lineStarts[line + 1] ?? context.parsed.text.length;
  const bom = start === 0 && context.parsed.text.startsWith('\uFEFF') ? 1 : 0;
  const indent = /^[ \t]*/.exec(context.parsed.text.slice(start + bom, end))?.[0] ?? '';
  const lineBreak = context.parsed.text.includes('\r\n') ? '\r\n' : '\n';
  const newText = `${indent}# drillbook-ignore ${finding.code} until=${until} reason="say why here"${lineBreak}`;
  return {
    finding,
    action: {
      title: `Suppress ${finding.code} until ${until}`,
      kind: 'quickfix',
      edit: workspaceEdit(context, [{ span: { start: start + bom, end: start + bom }, newText }]),
    },
  };
}

/** Gives the comment whose date has passed a new one. */
function extend(context: LanguageContext, finding: Finding): ProposedAction | undefined {
  if (finding.data?.['suppressionEnded'] === undefined) return undefined;
  const line = positionAt(context.parsed, findingSpan(context.parsed, finding).start).line;
  const ended = suppressionsOf(context.parsed).find(
    (each) =>
      each.code === finding.code && each.until === finding.data?.['suppressionEnded'] && each.lines.includes(line),
  );
  if (ended?.until === undefined) return undefined;
  const at = context.parsed.text.indexOf(ended.until, ended.comment.start);
  const until = untilDate(context.now);
  return {
    finding,
    action: {
      title: `Suppress ${finding.code} again, until ${until}`,
      kind: 'quickfix',
      edit: workspaceEdit(context, [{ span: { start: at, end: at + ended.until.length }, newText: until }]),
    },
  };
}
