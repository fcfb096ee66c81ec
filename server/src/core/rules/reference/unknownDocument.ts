/** Names of other documents: runbooks, environments, policies to extend. */
import type { DocumentKind } from '../../document/node.ts';
import type { Finding } from '../../finding.ts';
import type { Target } from '../../references/places.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { referenceFacts } from './facts.ts';
import { unknownName } from './report.ts';

function* unknownDocument(
  { entry, workspace }: RuleContext,
  code: string,
  target: Target,
  kind: DocumentKind,
): Iterable<Finding> {
  for (const reference of referenceFacts(entry, workspace).names) {
    if (reference.target !== target || workspace.resolve(kind, reference.name, entry.file).state !== 'none') continue;
    // Some document that can't be read may be the one that is meant.
    if (workspace.incomplete(kind)) continue;
    const known = workspace.names(kind).filter((name) => !(kind === entry.kind && name === entry.name));
    const instead =
      known.length > 0 ? 'there is' : `write ${kind === 'Environment' ? 'an' : 'a'} ${kind} document with that name`;
    yield unknownName(code, reference, known, kind.toLowerCase(), 'in the workspace', instead);
  }
}

export const unknownRunbook: Rule = {
  id: 'reference/unknown-runbook',
  severity: 'error',
  title: 'A runbook that the workspace does not have.',
  check: (context) => unknownDocument(context, 'reference/unknown-runbook', 'runbook', 'Runbook'),
};

export const unknownEnvironment: Rule = {
  id: 'reference/unknown-environment',
  severity: 'error',
  title: 'An environment that the workspace does not have.',
  check: (context) => unknownDocument(context, 'reference/unknown-environment', 'environment', 'Environment'),
};

export const unknownPolicy: Rule = {
  id: 'reference/unknown-policy',
  severity: 'error',
  title: 'A policy to extend that the workspace does not have.',
  check: (context) => unknownDocument(context, 'reference/unknown-policy', 'policy', 'Policy'),
};
