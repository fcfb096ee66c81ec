/** The built program, for tests that start it as a process. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = resolve(fileURLToPath(import.meta.url), '../../..');

/** Path of the built program. @throws where it isn't built. */
export function builtProgram(): string {
  const main = process.env['DRILLBOOK_PROGRAM'] ?? join(PROJECT, 'dist/main.js');
  if (!existsSync(main)) throw new Error(`${main} is not there: build it first (npm run build).`);
  return main;
}
