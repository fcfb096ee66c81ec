/** A name, or a missing one, that could mean several documents, none of them nearer than the others. */
import type { DocumentKind } from '../../document/node.ts';
import type { Finding } from '../../finding.ts';
import { resolveEnvironment } from '../../references/environment.ts';
import type { Target } from '../../references/places.ts';
import { policyOf } from '../../references/policy.ts';
import { asText, dig, isMap } from '../../references/read.ts';
import { listed } from '../../references/suggest.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { referenceFacts } from './facts.ts';
import { relatedName, report } from './report.ts';

const CODE = 'reference/ambiguous-name';
const KINDS: Partial<Record<Target, DocumentKind>> = {
  runbook: 'Runbook',
  environment: 'Environment',
  policy: 'Policy',
};

export const ambiguousName: Rule = {
  id: CODE,
  severity: 'error',
  title: 'A name that several documents bear, none of them nearer.',
  *check(context) {
    yield* ambiguousNames(context);
    yield* ambiguousEnvironment(context);
    yield* ambiguousClass(context);
  },
};

function* ambiguousNames({ entry, workspace }: RuleContext): Iterable<Finding> {
  for (const reference of referenceFacts(entry, workspace).names) {
    const kind = KINDS[reference.target];
    const found = kind && workspace.resolve(kind, reference.name, entry.file);
    if (!kind || found?.state !== 'ambiguous') continue;
    const files = [...new Set(found.entries.map((each) => each.file))];
    yield report({
      code: CODE,
      message: `"${reference.name}" could be any of several documents of kind ${kind}, none nearer than the others (${listed(files)}); give each a name of its own.`,
      entry,
      path: reference.path,
      related: found.entries.map((each) => relatedName(each, `"${reference.name}" is named here.`)),
    });
  }
}

/** No environment is named and several are equally near; said only where the runbook needs one. */
function* ambiguousEnvironment({ entry, workspace }: RuleContext): Iterable<Finding> {
  if (entry.kind !== 'Runbook' || asText(dig(entry.document.value, 'environment')) !== undefined) return;
  const found = resolveEnvironment(entry, workspace);
  if (found.state !== 'ambiguous') return;
  const resources = dig(entry.document.value, 'resources');
  if (
    !(isMap(resources) && Object.keys(resources).length > 0) &&
    referenceFacts(entry, workspace).expressions.length === 0
  )
    return;
  const names = [...new Set(found.entries.map((each) => each.name ?? each.file))];
  // Where they differ in nothing that could be named, their own duplicate name is the fault.
  if (names.length < 2) return;
  yield report({
    code: CODE,
    message: `The runbook names no environment, and there are several equally near; add "environment: " with one of ${listed(names)}.`,
    entry,
    path: ['metadata', 'name'],
    related: found.entries.map((each) => relatedName(each, 'One of the environments.')),
    data: { missing: 'environment', candidates: names },
  });
}

/** The class is defined by several policies that apply side by side. */
function* ambiguousClass({ entry, workspace }: RuleContext): Iterable<Finding> {
  const policy = entry.kind === 'Runbook' ? policyOf(entry, workspace) : undefined;
  if (!policy || policy.className === undefined || policy.applying.length < 2) return;
  const name = policy.className;
  const own = policy.applying.filter((each) => dig(each.document.value, 'classes', name) !== undefined);
  if (own.length < 2) return;
  yield report({
    code: CODE,
    message: `Class "${name}" is defined by several policies that apply here, none nearer than the others (${listed(own.map((each) => each.file))}); leave it in one of them.`,
    entry,
    path: ['dataClass'],
    related: own.map((each) => ({
      file: each.file,
      document: each.document.index,
      path: ['classes', name],
      message: `"${name}" is defined here.`,
    })),
  });
}
