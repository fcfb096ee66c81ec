/** The repository's CODEOWNERS file, where the forges look for it. */
import type { Files } from '../core/ports.ts';

const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'] as const;

/** Its text, or undefined where there is none that can be read. `root` is absolute. */
export async function readCodeOwners(files: Pick<Files, 'readText'>, root: string): Promise<string | undefined> {
  for (const place of PLACES) {
    const text = await files.readText(`${root}/${place}`).catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}
