/** Documents that bear our file names and keys but not our apiVersion: half-typed, or not YAML at all. */
import type { ParsedDocument } from '../core/document/node.ts';
import { pairAt } from '../core/document/navigate.ts';
import { keyText } from '../core/document/value.ts';
import type { Finding } from '../core/finding.ts';
import { DOCUMENT_KINDS } from '../core/workspace.ts';

const USUAL_NAME = /\.(runbook|policy|environment)\.ya?ml$/i;
/** Keys that a document of that usual name has and those of other tools hardly have. */
const OWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  runbook: ['backups', 'restore', 'dryRuns', 'dataClass'],
  policy: ['classes', 'appliesTo'],
  environment: ['databases', 'sandboxes', 'vars'],
};

/** Whether a document without our apiVersion is meant to be ours all the same; another tool's apiVersion says that it isn't. */
export function looksLikeOurs(file: string, document: ParsedDocument): boolean {
  const kind = USUAL_NAME.exec(file)?.[1]?.toLowerCase();
  if (kind === undefined || hasKey(document, 'apiVersion')) return false;
  if (document.kindName !== undefined) return DOCUMENT_KINDS.some((each) => each === document.kindName);
  if (document.problems.length > 0) return true;
  if (document.root === undefined) return false;
  if (document.root.kind !== 'map') return !(document.root.kind === 'scalar' && document.root.value === null);
  return (OWN_KEYS[kind] ?? []).some((key) => hasKey(document, key));
}

/** What its head lacks. */
export function headFindings(document: ParsedDocument): readonly Omit<Finding, 'file' | 'document'>[] {
  if (document.root === undefined) return [];
  if (document.root.kind !== 'map') {
    if (document.problems.length > 0) return [];
    return [
      {
        code: 'schema/type',
        severity: 'error',
        message:
          'A file of this name holds a mapping that begins with `apiVersion: drillbook/v1`; this one holds none, so nothing here is checked.',
        path: [],
      },
    ];
  }
  if (document.problems.length > 0 && !pairAt(document, ['kind'])) return [];
  const { start, end } = (pairAt(document, ['kind']) ?? document.root.pairs[0])?.key ?? document.root;
  return [
    {
      code: 'schema/missing-key',
      severity: 'error',
      message: '`apiVersion` is missing, so nothing here is checked; write `apiVersion: drillbook/v1`.',
      path: [],
      span: { start, end },
      relative: false,
      data: { key: 'apiVersion' },
      fixes: [
        {
          title: 'Add `apiVersion: drillbook/v1`',
          edits: [
            { span: { start: document.root.start, end: document.root.start }, newText: 'apiVersion: drillbook/v1\n' },
          ],
          preferred: true,
        },
      ],
    },
  ];
}

function hasKey(document: ParsedDocument, key: string): boolean {
  return document.root?.kind === 'map' && document.root.pairs.some((pair) => keyText(pair.key) === key);
}
