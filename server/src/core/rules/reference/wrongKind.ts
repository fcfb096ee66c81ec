/** A resource that stands where its kind can't: a bucket as a role, a database of another engine. */
import type { Finding } from '../../finding.ts';
import { definitionsOf } from '../../references/definitions.ts';
import { environmentOf } from '../../references/environment.ts';
import { asText, dig } from '../../references/read.ts';
import type { NameReference } from '../../references/references.ts';
import { schemaNodesAt } from '../../schema/navigate.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { referenceFacts } from './facts.ts';
import { relatedTo, replacements, report } from './report.ts';

const CODE = 'reference/wrong-kind';

export const wrongKind: Rule = {
  id: CODE,
  severity: 'error',
  title: 'A resource of a kind that does not fit its place.',
  *check(context) {
    for (const reference of referenceFacts(context.entry, context.workspace).names) {
      const finding =
        reference.target === 'database' ? wrongEngine(context, reference) : wrongPlace(context, reference);
      if (finding) yield finding;
    }
  },
};

function wrongPlace({ entry, workspace }: RuleContext, reference: NameReference): Finding | undefined {
  const kinds = reference.place?.kinds;
  const kind = asText(dig(entry.document.value, 'resources', reference.name, 'kind'));
  if (reference.target !== 'resource' || !kinds || kind === undefined || kinds.includes(kind) || !isKind(kind))
    return undefined;
  const resources = Object.entries((dig(entry.document.value, 'resources') ?? {}) as Record<string, unknown>);
  const fitting = resources
    .filter(([, value]) => kinds.includes(asText(dig(value, 'kind')) ?? ''))
    .map(([name]) => name);
  const instead =
    fitting.length > 0
      ? `use ${fitting.map((name) => `"${name}"`).join(' or ')}`
      : `declare a resource of kind ${kinds[0] ?? ''} for it`;
  return report({
    code: CODE,
    message: `"${reference.name}" is of kind ${kind} and can't be ${reference.place.role ?? 'used here'}; ${instead}.`,
    entry,
    path: reference.path,
    related: definitionsOf('resource', reference.name, entry, workspace).map((each) =>
      relatedTo(each, `"${reference.name}" is declared here.`),
    ),
    fixes: replacements(reference.span, fitting),
    data: { kind, kinds },
  });
}

/** A kind that there isn't is the schema's to find, once. */
function isKind(kind: string): boolean {
  return schemaNodesAt('Runbook', ['resources', 'any', 'kind']).some((node) => node.enum?.includes(kind) === true);
}

function wrongEngine({ entry, workspace }: RuleContext, reference: NameReference): Finding | undefined {
  const environment = environmentOf(entry, workspace);
  const engine = environment && asText(dig(environment.document.value, 'databases', reference.name, 'engine'));
  const kind = asText(dig(entry.document.value, 'resources', String(reference.path[1]), 'kind'));
  if (engine === undefined || kind === undefined || kind === `database/${engine}`) return undefined;
  // MySQL's and MariaDB's servers speak one protocol, and teams call one by the other's name.
  if ([kind, `database/${engine}`].every((each) => ['database/mysql', 'database/mariadb'].includes(each)))
    return undefined;
  return report({
    code: CODE,
    message: `"${reference.name}" is a ${engine} database in environment ${environment?.name ?? ''}, and this resource is of kind ${kind}; make it database/${engine}, or name another database.`,
    entry,
    path: reference.path,
    related: definitionsOf('database', reference.name, entry, workspace).map((each) =>
      relatedTo(each, `"${reference.name}" is defined here.`),
    ),
    data: { kind, kinds: [`database/${engine}`] },
  });
}
