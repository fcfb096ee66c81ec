/** Declares what a name is missing: a resource, backup or class, an account, database, sandbox or variable of the environment. */
import type { Finding } from '../../core/finding.ts';
import { environmentOf } from '../../core/references/environment.ts';
import { policyOf } from '../../core/references/policy.ts';
import { asMap, asText, dig } from '../../core/references/read.ts';
import { declaredReferencesOf } from '../../core/references/references.ts';
import type { Entry } from '../../core/workspace.ts';
import type { LanguageContext } from '../context.ts';
import { workspaceEdit, type ActionProvider, type FileEdit, type ProposedAction } from './action.ts';
import { findingsHere } from './findingFixes.ts';
import { insertKey } from './insert.ts';

export const declare: ActionProvider = {
  name: 'declare',
  kind: 'quickfix',
  propose: (context, request) =>
    findingsHere(context, request).flatMap((finding): readonly ProposedAction[] => {
      const entry = context.entries.find((each) => each.document.index === finding.document);
      const made = entry && declaration(context, entry, finding);
      if (!made?.edit) return [];
      return [{ finding, action: { title: made.title, kind: 'quickfix', edit: workspaceEdit(context, [made.edit]) } }];
    }),
};

interface Made {
  readonly title: string;
  readonly edit: FileEdit | undefined;
}

function declaration(context: LanguageContext, entry: Entry, finding: Finding): Made | undefined {
  const name = asText(finding.data?.['name']);
  if (finding.code === 'reference/unknown-expression') return variable(context, entry, finding);
  if (name === undefined) return undefined;
  const environment = environmentOf(entry, context.workspace);
  const inEnvironment = (path: readonly string[], what: string, value: string): Made | undefined =>
    environment && {
      title: `Add ${what} "${name}" to environment ${environment.name ?? ''}`,
      edit: insertKey(environment, path, name, value),
    };
  switch (finding.code) {
    case 'reference/unknown-resource':
      return {
        title: `Declare resource "${name}"`,
        edit: insertKey(entry, ['resources'], name, `{ kind: ${kindFor(entry, finding)}, id: ${name} }`),
      };
    case 'reference/unknown-backup':
      return { title: `Declare backup "${name}"`, edit: insertKey(entry, ['backups'], name, backupValue(entry)) };
    case 'reference/unknown-class': {
      const policy = policyOf(entry, context.workspace)?.applying[0];
      return (
        policy && {
          title: `Add class "${name}" to policy ${policy.name ?? ''}`,
          edit: insertKey(policy, ['classes'], name, '{ rpo: 24h, rto: 24h }'),
        }
      );
    }
    case 'reference/unknown-account':
      return inEnvironment(['aws', 'accounts'], 'account', '{ id: "000000000000" }');
    case 'reference/unknown-database': {
      const kind = asText(dig(entry.document.value, 'resources', String(finding.path[1]), 'kind'));
      return inEnvironment(
        ['databases'],
        'database',
        `{ engine: ${kind?.split('/')[1] ?? 'postgres'}, host: localhost }`,
      );
    }
    case 'reference/unknown-sandbox':
      return inEnvironment(['sandboxes'], 'sandbox', '{ kind: postgres }');
    default:
      return undefined;
  }
}

function variable(context: LanguageContext, entry: Entry, finding: Finding): Made | undefined {
  const name = /^\$\{\{\s*vars\.([\p{L}_][\p{L}\p{N}_-]*)\s*\}\}$/u.exec(
    asText(finding.data?.['expression']) ?? '',
  )?.[1];
  const environment = environmentOf(entry, context.workspace);
  if (name === undefined || !environment || dig(environment.document.value, 'vars', name) !== undefined)
    return undefined;
  return {
    title: `Define vars.${name} in environment ${environment.name ?? ''}`,
    edit: insertKey(environment, ['vars'], name, '""'),
  };
}

/** The first kind that fits where the name is used. */
function kindFor(entry: Entry, finding: Finding): string {
  const reference = declaredReferencesOf(entry).find((each) => each.path.join('\n') === finding.path.join('\n'));
  const fitting = reference?.place?.kinds?.[0];
  if (fitting !== undefined) return fitting;
  const last = finding.path.at(-1);
  return last === 'of' || last === 'replica' ? 'aws/rds-instance' : 'aws/s3-bucket';
}

function backupValue(entry: Entry): string {
  const resources = Object.entries(asMap(dig(entry.document.value, 'resources')));
  const first = (test: (kind: string) => boolean): string | undefined =>
    resources.find(([, value]) => test(asText(dig(value, 'kind')) ?? ''))?.[0];
  const source = first((kind) => kind.startsWith('database/') || kind.startsWith('aws/rds-'));
  const bucket = first((kind) => kind === 'aws/s3-bucket');
  return `{ ${source === undefined ? '' : `of: ${source}, `}tool: pg_dump, ${bucket === undefined ? '' : `in: { bucket: ${bucket} }, `}schedule: "0 * * * *", retention: 35d }`;
}
