/** Makes a resource of what only a step's text names, so that its drift is seen; and lets the text say it by name. */
import { nodeAt } from '../../core/document/navigate.ts';
import type { Path } from '../../core/document/node.ts';
import { resourcesOf } from '../../core/references/effective.ts';
import type { ImplicitReference } from '../../core/references/references.ts';
import type { Entry } from '../../core/workspace.ts';
import { touches, workspaceEdit, type ActionProvider, type FileEdit, type ProposedAction } from './action.ts';
import { insertKey } from './insert.ts';
import { freeName, resourceText } from './nameResource.ts';

export const implicitToResource: ActionProvider = {
  name: 'implicit reference to resource',
  kind: 'refactor.extract',
  propose: (context, request) =>
    context.entries.flatMap((entry) =>
      resourcesOf(entry, context.workspace)
        // A database that no environment knows has no name that a resource could bear.
        .filter(
          (resource) =>
            resource.implicit &&
            !(resource.endpoint && resource.kind.startsWith('database/') && resource.id === resource.uses[0]?.id),
        )
        .flatMap((resource): readonly ProposedAction[] => {
          const here = resource.uses.find((use) => touches(use.span, request.span));
          if (!here || resource.id === undefined) return [];
          const name = freeName(entry, { kind: resource.kind, id: resource.id });
          const { region, account } = resource;
          const text = resourceText(context, entry, {
            kind: resource.kind,
            id: resource.id,
            ...(region === undefined ? {} : { region }),
            ...(account === undefined ? {} : { account }),
          });
          const declaration = insertKey(entry, ['resources'], name, text);
          if (!declaration) return [];
          const named = resource.uses.flatMap((use) => byName(entry, use, name) ?? []);
          const proposal = (title: string, edits: readonly FileEdit[]): ProposedAction => ({
            action: { title, kind: 'refactor.extract', edit: workspaceEdit(context, edits) },
          });
          return [
            proposal(`Declare ${resource.id} as resource "${name}"`, [declaration]),
            ...(named.length === 0
              ? []
              : [
                  proposal(`Declare ${resource.id} as resource "${name}" and refer to it by name`, [
                    declaration,
                    ...named,
                  ]),
                ]),
          ];
        }),
    ),
};

/** The edit that lets a text name the resource; undefined where an expression can't stand there. */
function byName(entry: Entry, use: ImplicitReference, name: string): FileEdit | undefined {
  if (use.node.style === 'plain' && isInFlow(entry, use.path)) return undefined;
  const written = (span: { readonly start: number; readonly end: number }): string =>
    entry.parsed.text.slice(span.start, span.end);
  if (written(use.span) === use.text && use.text.startsWith('arn:') && use.kind !== 'aws/secret') {
    return { file: entry.file, span: use.span, newText: `\${{ resources.${name}.arn }}` };
  }
  if (written(use.idSpan) !== use.id || use.text.startsWith('arn:')) return undefined;
  return { file: entry.file, span: use.idSpan, newText: `\${{ resources.${name}.id }}` };
}

/** Whether the value stands inside braces or brackets, where a bare `${{` would not be read as text. */
function isInFlow(entry: Entry, path: Path): boolean {
  for (let length = 0; length < path.length; length++) {
    const node = nodeAt(entry.document, path.slice(0, length));
    if ((node?.kind === 'map' || node?.kind === 'seq') && node.flow) return true;
  }
  return false;
}
