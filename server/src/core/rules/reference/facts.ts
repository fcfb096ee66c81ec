/** What the reference rules look at, computed once for one parse of a document. */
import {
  declaredReferencesOf,
  expressionsOf,
  type NameReference,
  type PlacedExpression,
} from '../../references/references.ts';
import { evaluate } from '../../references/evaluate.ts';
import { scopeOf, type Evaluated, type Scope } from '../../references/scope.ts';
import type { Entry, Workspace } from '../../workspace.ts';

export interface EvaluatedExpression extends PlacedExpression {
  readonly result: Evaluated;
}

export interface ReferenceFacts {
  /** Names by themselves; those in expressions are left to the expressions' own rule. */
  readonly names: readonly NameReference[];
  readonly expressions: readonly EvaluatedExpression[];
  readonly scope: Scope;
}

/** The names and expressions of a document, with what they mean. */
export function referenceFacts(entry: Entry, workspace: Workspace): ReferenceFacts {
  return workspace.memoFor(entry.parsed, `reference facts ${entry.document.index}`, () => {
    const scope = scopeOf(entry, workspace);
    return {
      scope,
      names: declaredReferencesOf(entry).filter((reference) => reference.form === 'name'),
      expressions: expressionsOf(entry).map((placed) => ({ ...placed, result: evaluate(placed.expression, scope) })),
    };
  });
}
