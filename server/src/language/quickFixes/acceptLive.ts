/** Takes what is really there into the runbook: the live value in place of the declared one that no longer holds. */
import { nodeAt, resolved } from '../../core/document/navigate.ts';
import type { Finding } from '../../core/finding.ts';
import { contentSpan } from '../../core/references/references.ts';
import { mayHoldExpression } from '../../core/references/expressions.ts';
import type { LanguageContext } from '../context.ts';
import { workspaceEdit, type ActionProvider, type ProposedAction } from './action.ts';
import { findingsHere } from './findingFixes.ts';

/** What a live value may safely stand in for: plain values, not bounds, lists or who is trusted with what. */
const CODES = new Set(['drift/region', 'drift/version-major', 'drift/version-minor', 'drift/value']);

export const acceptLive: ActionProvider = {
  name: 'accept live value',
  kind: 'quickfix',
  propose: (context, request) =>
    findingsHere(context, request)
      .filter((finding) => CODES.has(finding.code) && !finding.fixes?.length)
      .flatMap((finding) => proposal(context, finding) ?? []),
};

function proposal(context: LanguageContext, finding: Finding): ProposedAction | undefined {
  const { actual } = finding;
  const entry = context.entries.find((each) => each.document.index === finding.document);
  const node = entry && resolved(nodeAt(entry.document, finding.path));
  if (node?.kind !== 'scalar' || node.style === 'literal' || node.style === 'folded') return undefined;
  if (typeof actual !== 'string' && typeof actual !== 'number' && typeof actual !== 'boolean') return undefined;
  // A bound such as ">=7" is what is wanted, not what was found; and an expression is written elsewhere.
  if (/^[<>=!]/.test(String(node.value)) || mayHoldExpression(String(node.value))) return undefined;
  const quoted = node.style === 'single' || node.style === 'double';
  const text =
    finding.code === 'drift/version-major' || finding.code === 'drift/version-minor'
      ? shortened(String(actual), String(node.value))
      : String(actual);
  if (/["\\\n]/.test(text)) return undefined;
  const bare = typeof actual !== 'string' || /^[A-Za-z][\w:/-]*$/.test(text);
  const newText = quoted || bare ? text : `"${text}"`;
  const span = quoted ? contentSpan(node) : { start: node.start, end: node.end };
  return {
    finding,
    action: {
      title: `Change to what is live: ${text}`,
      kind: 'quickfix',
      edit: workspaceEdit(context, [{ span, newText }]),
    },
  };
}

/** A version with as many segments as are declared: `16` for `15`, where 16.3 is live. */
function shortened(live: string, declared: string): string {
  const count = declared.split('.').length;
  return /^[\d.]+$/.test(declared) && /^\d/.test(live) ? live.split('.').slice(0, count).join('.') : live;
}
