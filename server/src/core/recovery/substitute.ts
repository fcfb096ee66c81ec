/** Puts the values of `${{ … }}` expressions into plain data, as far as they are known before a run. */
import { asMap, asText, dig, type PlainMap } from '../references/read.ts';

export interface SubstitutionScope {
  readonly vars: PlainMap;
  readonly environment: string | undefined;
  readonly resources: PlainMap;
  /** Latest facts of backups by name, where they are known already. */
  readonly backups?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const EXPRESSION = /\$\{\{\s*([^{}]*?)\s*\}\}/gu;

/** Plain data with every known expression replaced; an unknown one stays as it is written. */
export function substitute(value: unknown, scope: SubstitutionScope, depth = 0): unknown {
  if (depth > 20) return value;
  if (typeof value === 'string')
    return value.replace(EXPRESSION, (whole, path: string) => valueOf(path, scope, depth) ?? whole);
  if (Array.isArray(value)) return value.map((each) => substitute(each, scope, depth + 1));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, substitute(each, scope, depth + 1)]));
  }
  return value;
}

function valueOf(path: string, scope: SubstitutionScope, depth: number): string | undefined {
  const [head, name, ...rest] = path.split('.');
  if (name === undefined) return undefined;
  if (head === 'vars') return asText(substitute(scope.vars[name], scope, depth + 1));
  if (head === 'environment') return name === 'name' ? scope.environment : undefined;
  if (head === 'resources') {
    const resource = asMap(scope.resources[name]);
    const key = rest[0] ?? '';
    if (key === 'arn') return arnOf(resource, scope, depth);
    return asText(substitute(resource[key], scope, depth + 1));
  }
  if (head === 'backups') return asText(dig(scope.backups, name, rest.slice(1).join('.')));
  return undefined;
}

function arnOf(resource: PlainMap, scope: SubstitutionScope, depth: number): string | undefined {
  const id = asText(substitute(resource['id'], scope, depth + 1));
  if (id === undefined || id.startsWith('arn:')) return id;
  return resource['kind'] === 'aws/s3-bucket' ? `arn:aws:s3:::${id}` : undefined;
}
