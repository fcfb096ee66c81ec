/** What the names in an expression stand for in one document. */
import type { Entry, Workspace } from '../workspace.ts';
import { accountNamed, isIncomplete, regionsOf, resolveEnvironment, variablesOf } from './environment.ts';
import type { Range } from './expressions.ts';
import { asMap, asText, dig, isMap } from './read.ts';

/** What a running restore knows of the newest backup. */
export interface LatestBackup {
  readonly uri?: string;
  readonly key?: string;
  readonly versionId?: string;
  readonly time?: string;
}

/** What names stand for. `undefined` in place of a list of names means that not all of them are known. */
export interface Scope {
  /** What the document is called in messages: `runbook orders-db`. */
  readonly environmentName: string | undefined;
  readonly environmentIncomplete: boolean;
  readonly variables: Readonly<Record<string, string>>;
  readonly resources: Readonly<Record<string, unknown>>;
  readonly resourcesIncomplete: boolean;
  readonly backups: Readonly<Record<string, unknown>>;
  readonly backupsIncomplete: boolean;
  /** Region where a resource gives none. */
  readonly onlyRegion: string | undefined;
  /** The account's id for an alias, as far as the environment tells. */
  accountId(alias: string | undefined, kind: string): string | undefined;
  /** Values that were worked out from expressions, by path: `vars.NAME`. */
  readonly known: Map<string, string>;
  /** By backup name; handed in by a run. */
  readonly latest: Readonly<Record<string, LatestBackup>>;
}

/** What an expression means. */
export type Evaluated =
  | { readonly state: 'value'; readonly value: string }
  /** It means something, but what is known only while something runs. */
  | { readonly state: 'later'; readonly why: string }
  /** It may mean something, but what it depends on can't be read. */
  | { readonly state: 'undecided'; readonly why: string }
  | ({
      readonly state: 'unknown';
      readonly message: string;
      readonly wrong?: string;
      readonly candidates: readonly string[];
    } & Range);

/** The scope of a document; `latest` is what a run knows of the newest backups. */
export function scopeOf(entry: Entry, workspace: Workspace, latest?: Readonly<Record<string, LatestBackup>>): Scope {
  const scope = workspace.memoFor(entry.parsed, `scope ${entry.document.index}`, () => makeScope(entry, workspace));
  // What was worked out without a run may be told otherwise by it.
  return latest ? { ...scope, known: new Map(), latest } : scope;
}

function makeScope(entry: Entry, workspace: Workspace): Scope {
  const environment = resolveEnvironment(entry, workspace);
  const found = environment.state === 'found' ? environment.entry : undefined;
  const value = entry.document.value;
  const broken = isIncomplete(entry);
  const section = (
    key: string,
  ): { readonly names: Readonly<Record<string, unknown>>; readonly incomplete: boolean } => {
    const names = dig(value, key);
    return { names: asMap(names), incomplete: broken || (names !== undefined && names !== null && !isMap(names)) };
  };
  const resources = section('resources');
  const backups = section('backups');
  const regions = found ? regionsOf(found) : [];
  const vars = found ? dig(found.document.value, 'vars') : undefined;
  return {
    environmentName: found?.name,
    environmentIncomplete:
      environment.state === 'ambiguous' ||
      (environment.state === 'none' && workspace.incomplete('Environment')) ||
      (environment.state === 'none' && asText(dig(value, 'environment')) !== undefined) ||
      (found !== undefined && (isIncomplete(found) || (vars !== undefined && vars !== null && !isMap(vars)))),
    variables: found ? variablesOf(found) : {},
    resources: resources.names,
    resourcesIncomplete: resources.incomplete,
    backups: backups.names,
    backupsIncomplete: backups.incomplete,
    onlyRegion: regions.length === 1 ? regions[0] : undefined,
    accountId: (alias, kind) => (found ? accountNamed(found, alias, kind.split('/')[0] ?? 'aws')?.id : undefined),
    known: new Map(),
    latest: {},
  };
}
