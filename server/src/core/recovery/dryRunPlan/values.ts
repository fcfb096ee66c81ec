/** The values that a dry run is planned with: durations, money, paths, secrets and expressions, as documents write them. */
import { asMap, asText, type PlainMap } from '../../references/read.ts';
import type { SecretReference } from '../../ports.ts';
import { parseDuration } from '../../values/duration.ts';
import { parseMoney } from '../../values/money.ts';
import type { Entry } from '../../workspace.ts';
import { substitute, type SubstitutionScope } from '../substitute.ts';

/** What expressions of a runbook are resolved with. */
export interface Scope {
  readonly environment: Entry | undefined;
  readonly runbook: PlainMap;
}

/** What is known before a run. */
export function substitutionScope(scope: Scope): SubstitutionScope {
  const value = asMap(scope.environment?.document.value);
  return {
    vars: asMap(value['vars']),
    environment: scope.environment?.name,
    resources: asMap(scope.runbook['resources']),
  };
}

/** `value` with the expressions that are known before a run put in. */
export function resolved(value: unknown, scope: Scope): unknown {
  return substitute(value, substitutionScope(scope));
}

/** `{ env }` or `{ file }`; a plain text is taken for a file's path, never for the secret. */
export function secret(value: unknown): SecretReference {
  const map = asMap(value);
  return {
    ...given('env', asText(map['env'])),
    ...given('file', asText(map['file']) ?? (typeof value === 'string' ? value : undefined)),
  };
}

export function duration(value: unknown): number | undefined {
  const text = asText(value)?.replace(/^\s*[<>]?=?\s*/u, '');
  return text === undefined ? undefined : parseDuration(text)?.ms;
}

export function money(value: unknown): { readonly amount: number; readonly currency: string } | undefined {
  const text = asText(value);
  return text === undefined ? undefined : parseMoney(text);
}

export function folderOf(root: string, file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? root : resolvePath(root, file.slice(0, slash));
}

/** `path` seen from `folder`, `.` and `..` taken out. Absolute paths stand as they are. */
export function resolvePath(folder: string, path: string): string {
  if (/^(?:\/|[A-Za-z]:[\\/])/u.test(path)) return path.length > 1 ? path.replace(/\/+$/u, '') : path;
  const parts = folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

export function given<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
