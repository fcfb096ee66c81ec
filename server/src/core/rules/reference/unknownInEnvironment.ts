/** Names that the environment has to define: accounts, databases, sandboxes. Nothing is said where the environment can't be read. */
import type { Finding } from '../../finding.ts';
import { accountsOf, environmentOf, isIncomplete } from '../../references/environment.ts';
import type { Target } from '../../references/places.ts';
import { dig, isMap } from '../../references/read.ts';
import type { Entry } from '../../workspace.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { referenceFacts } from './facts.ts';
import { relatedName, unknownName } from './report.ts';

function* unknownIn(
  { entry, workspace }: RuleContext,
  code: string,
  target: Target,
  known: (
    environment: Entry,
    path: readonly (string | number)[],
  ) => { readonly names: readonly string[]; readonly also: readonly string[] } | undefined,
): Iterable<Finding> {
  const environment = environmentOf(entry, workspace);
  if (!environment || isIncomplete(environment)) return;
  for (const reference of referenceFacts(entry, workspace).names) {
    if (reference.target !== target) continue;
    const defined = known(environment, reference.path);
    if (!defined || defined.names.includes(reference.name) || defined.also.includes(reference.name)) continue;
    const title = environment.name ?? environment.file;
    const instead = defined.names.length > 0 ? 'it has' : `define it in ${environment.file}`;
    const finding = unknownName(code, reference, defined.names, target, `in environment ${title}`, instead);
    yield environment === entry
      ? finding
      : { ...finding, related: [relatedName(environment, `The environment that applies.`)] };
  }
}

/** The keys of a section of the environment; undefined where what stands there is no map. */
function namesIn(
  environment: Entry,
  section: string,
): { readonly names: readonly string[]; readonly also: readonly string[] } | undefined {
  const value = dig(environment.document.value, section);
  if (value === undefined || value === null) return { names: [], also: [] };
  return isMap(value) ? { names: Object.keys(value), also: [] } : undefined;
}

export const unknownAccount: Rule = {
  id: 'reference/unknown-account',
  severity: 'error',
  title: 'An account alias that the environment does not define.',
  check: (context) =>
    unknownIn(context, 'reference/unknown-account', 'account', (environment, path) => {
      const cloud = cloudAt(context.entry, path);
      // Thousands of runbooks name the few accounts of one environment.
      const key = `accounts ${environment.file}#${environment.document.index} ${cloud ?? ''}`;
      const accounts = context.workspace.memoAmong('Environment', key, () => accountsOf(environment, cloud));
      // An environment that says nothing of this cloud says nothing of its accounts either.
      if (accounts.length === 0 && cloud !== undefined && dig(environment.document.value, cloud) === undefined)
        return undefined;
      return {
        names: accounts.map((account) => account.alias),
        also: accounts.flatMap((account) => (account.id === undefined ? [] : [account.id])),
      };
    }),
};

/** The cloud of the resource whose account stands at the path; undefined where it isn't told. */
function cloudAt(entry: Entry, path: readonly (string | number)[]): string | undefined {
  if (path[0] !== 'resources') return undefined;
  const kind = dig(entry.document.value, 'resources', String(path[1]), 'kind');
  const cloud = typeof kind === 'string' ? kind.split('/')[0] : undefined;
  return cloud !== undefined && ['aws', 'gcp', 'azure', 'kubernetes'].includes(cloud) ? cloud : undefined;
}

export const unknownDatabase: Rule = {
  id: 'reference/unknown-database',
  severity: 'error',
  title: 'A database that the environment does not define.',
  check: (context) =>
    unknownIn(context, 'reference/unknown-database', 'database', (environment) => namesIn(environment, 'databases')),
};

export const unknownSandbox: Rule = {
  id: 'reference/unknown-sandbox',
  severity: 'error',
  title: 'A sandbox that the environment does not define.',
  check: (context) =>
    unknownIn(context, 'reference/unknown-sandbox', 'sandbox', (environment) => namesIn(environment, 'sandboxes')),
};
