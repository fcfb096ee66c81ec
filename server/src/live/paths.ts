/** Paths in an environment are relative to its document: made absolute before anything reads them. */
import * as path from 'node:path';
import type { EnvironmentSource } from '../core/drift/environment.ts';
import { entriesOf } from '../core/drift/expected.ts';

/** The environment with its secret files and certificates by absolute path; as it is where the root isn't known. */
export function withAbsolutePaths(environment: EnvironmentSource, root: string | undefined): EnvironmentSource {
  if (root === undefined) return environment;
  const folder = path.resolve(root, path.dirname(environment.file));
  const value = Object.fromEntries(
    entriesOf(environment.value).map(([key, each]) => [
      key,
      key === 'aws' || key === 'databases' ? absolute(each, folder) : each,
    ]),
  );
  return { ...environment, value };
}

function absolute(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((each) => absolute(each, folder));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => [
      key,
      (key === 'file' || key === 'ca') && typeof each === 'string'
        ? path.resolve(folder, each)
        : absolute(each, folder),
    ]),
  );
}
