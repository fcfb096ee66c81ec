/** The environment that a document means: where its names of accounts, variables, databases and sandboxes come from. */
import type { Entry, Resolution, Workspace } from '../workspace.ts';
import { folderOf, nearest } from '../workspaceIndex.ts';
import { asMap, asText, asTexts, dig, isMap, type PlainMap } from './read.ts';

/** The environment that `entry` means; undefined where there is none, or none that is unambiguous. An environment means itself. */
export function environmentOf(entry: Entry, workspace: Workspace): Entry | undefined {
  const found = resolveEnvironment(entry, workspace);
  return found.state === 'found' ? found.entry : undefined;
}

/**
 * How the environment of `entry` was found: by the name that it gives, or where it gives none the only one there is,
 * the nearest folder upwards first.
 */
export function resolveEnvironment(entry: Entry, workspace: Workspace): Resolution {
  if (entry.kind === 'Environment') return { state: 'found', entry };
  return environmentNamed(dig(entry.document.value, 'environment'), entry.file, workspace);
}

/** The same for a document of that file that gives `name`, as it stands there. */
export function environmentNamed(name: unknown, file: string, workspace: Workspace): Resolution {
  const wanted = workspace.preferredEnvironment ?? asText(name);
  if (wanted !== undefined) return workspace.resolve('Environment', wanted, file);
  const all = workspace.byKind('Environment');
  return all.length === 0 ? { state: 'none' } : nearest(all, file);
}

/** One sentence on which environment applies to `entry`, and why. */
export function whyEnvironment(entry: Entry, workspace: Workspace): string {
  const found = resolveEnvironment(entry, workspace);
  const named = asText(dig(entry.document.value, 'environment'));
  if (found.state === 'none') {
    return named === undefined ? 'The workspace has no environment.' : `The workspace has no environment "${named}".`;
  }
  if (found.state === 'ambiguous') {
    return `Several environments are equally near: ${found.entries.map((each) => each.file).join(', ')}.`;
  }
  const name = found.entry.name ?? 'without a name';
  if (named !== undefined) return `Environment ${name} of ${found.entry.file}, because the document names it.`;
  const alone = workspace.byKind('Environment').length === 1;
  const reason = alone
    ? 'it is the only one there is'
    : `it is the only one in ${folderOf(found.entry.file) || 'the root'}, the nearest folder that has one`;
  return `Environment ${name} of ${found.entry.file}, because ${reason}.`;
}

/** An account of a cloud as the environment names it. */
export interface Account {
  /** `default` where the environment has one account in the short form. */
  readonly alias: string;
  readonly id: string | undefined;
  readonly cloud: 'aws' | 'gcp' | 'azure' | 'kubernetes';
  readonly value: PlainMap;
  /** Path of the account in the environment document. */
  readonly path: readonly string[];
}

const ACCOUNT_MAPS = [
  ['aws', 'accounts', 'id'],
  ['gcp', 'projects', 'id'],
  ['gcp', 'accounts', 'id'],
  ['azure', 'subscriptions', 'id'],
  ['azure', 'accounts', 'id'],
  ['kubernetes', 'clusters', 'context'],
] as const;
const SHORT_FORMS = [
  ['aws', 'account'],
  ['gcp', 'project'],
  ['azure', 'subscription'],
  ['kubernetes', 'context'],
] as const;

/** The accounts of an environment (of one cloud of it), the short form with one account included. */
export function accountsOf(environment: Entry, only?: string): readonly Account[] {
  const value = environment.document.value;
  const made: Account[] = [];
  for (const [cloud, key, idKey] of ACCOUNT_MAPS) {
    if (only !== undefined && cloud !== only) continue;
    for (const [alias, account] of Object.entries(asMap(dig(value, cloud, key)))) {
      const id = isMap(account) ? asText(account[idKey]) : asText(account);
      made.push({ alias, id, cloud, value: asMap(account), path: [cloud, key, alias] });
    }
  }
  for (const [cloud, key] of SHORT_FORMS) {
    if (only !== undefined && cloud !== only) continue;
    const id = asText(dig(value, cloud, key));
    if (id !== undefined)
      made.push({ alias: 'default', id, cloud, value: asMap(dig(value, cloud)), path: [cloud, key] });
  }
  return made;
}

/** The account that `name`, an alias or an id, means; the only one of its cloud where nothing is named. */
export function accountNamed(environment: Entry, name: string | undefined, cloud: string): Account | undefined {
  const accounts = accountsOf(environment, cloud);
  if (name === undefined) return accounts.length === 1 ? accounts[0] : undefined;
  return accounts.find((account) => account.alias === name) ?? accounts.find((account) => account.id === name);
}

/** The id of that account; found once, as thousands of runbooks name the few accounts of one environment. */
export function accountIdNamed(
  environment: Entry,
  name: string | undefined,
  cloud: string,
  workspace: Workspace,
): string | undefined {
  const key = `account ${environment.file}#${environment.document.index} ${cloud} ${name === undefined ? '' : `=${name}`}`;
  return workspace.memoAmong('Environment', key, () => accountNamed(environment, name, cloud)?.id);
}

/** The regions that an environment looks in. */
export function regionsOf(environment: Entry): readonly string[] {
  const aws = asMap(dig(environment.document.value, 'aws'));
  const regions = asTexts(aws['regions']);
  return regions.length > 0 ? regions : asTexts(aws['region']);
}

/** The variables of an environment as text. */
export function variablesOf(environment: Entry): Readonly<Record<string, string>> {
  const made: Record<string, string> = {};
  for (const [name, value] of Object.entries(asMap(dig(environment.document.value, 'vars')))) {
    const text = typeof value === 'string' ? value : asText(value);
    if (text !== undefined) made[name] = text;
  }
  return made;
}

/** Whether the document can't be read in whole, so that what it seems to lack may well be there. */
export function isIncomplete(entry: Entry): boolean {
  const { problems, root } = entry.document;
  return root?.kind !== 'map' || problems.some((problem) => problem.code !== 'syntax/duplicate-key');
}
