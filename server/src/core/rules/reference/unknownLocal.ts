/** Names that have to be declared in the same document: resources, backups, steps. */
import { isIncomplete } from '../../references/environment.ts';
import type { NameReference } from '../../references/references.ts';
import { asTexts, dig, isMap } from '../../references/read.ts';
import type { Finding } from '../../finding.ts';
import type { Entry } from '../../workspace.ts';
import type { Rule } from '../rule.ts';
import { referenceFacts } from './facts.ts';
import { unknownName } from './report.ts';

/** The names under a section, or undefined where what stands there can't be read, so that nothing is known to be missing. */
function declaredNames(entry: Entry, section: 'resources' | 'backups'): readonly string[] | undefined {
  const value = dig(entry.document.value, section);
  if (isIncomplete(entry)) return undefined;
  if (value === undefined || value === null) return [];
  return isMap(value) ? Object.keys(value) : undefined;
}

function stepIds(entry: Entry): readonly string[] | undefined {
  const steps = dig(entry.document.value, 'restore', 'steps');
  if (isIncomplete(entry) || (steps !== undefined && steps !== null && !Array.isArray(steps))) return undefined;
  return (Array.isArray(steps) ? steps : []).flatMap((step) => asTexts(dig(step, 'id')));
}

function* unknownLocal(
  names: readonly NameReference[],
  known: readonly string[] | undefined,
  tell: (reference: NameReference, known: readonly string[]) => Finding,
): Iterable<Finding> {
  if (!known) return;
  const set = new Set(known);
  for (const reference of names) {
    if (reference.place?.loose !== true && !set.has(reference.name)) yield tell(reference, known);
  }
}

export const unknownResource: Rule = {
  id: 'reference/unknown-resource',
  severity: 'error',
  title: 'A resource that the runbook does not declare.',
  check: ({ entry, workspace }) =>
    unknownLocal(
      referenceFacts(entry, workspace).names.filter((each) => each.target === 'resource'),
      declaredNames(entry, 'resources'),
      (reference, known) =>
        unknownName(
          'reference/unknown-resource',
          reference,
          known,
          'resource',
          'in this runbook',
          known.length > 0 ? 'it declares' : 'declare it under resources',
        ),
    ),
};

export const unknownBackup: Rule = {
  id: 'reference/unknown-backup',
  severity: 'error',
  title: 'A backup that the runbook does not declare.',
  check: ({ entry, workspace }) =>
    unknownLocal(
      referenceFacts(entry, workspace).names.filter((each) => each.target === 'backup'),
      declaredNames(entry, 'backups'),
      (reference, known) =>
        unknownName(
          'reference/unknown-backup',
          reference,
          known,
          'backup',
          'in this runbook',
          known.length > 0 ? 'it declares' : 'declare it under backups',
        ),
    ),
};

export const unknownStep: Rule = {
  id: 'reference/unknown-step',
  severity: 'error',
  title: 'A step that the runbook does not have.',
  check: ({ entry, workspace }) =>
    unknownLocal(
      referenceFacts(entry, workspace).names.filter((each) => each.target === 'step'),
      stepIds(entry),
      (reference, known) =>
        unknownName(
          'reference/unknown-step',
          reference,
          known,
          'step',
          'in this runbook',
          known.length > 0 ? 'its steps are' : 'give a step that id',
        ),
    ),
};
