/** The repository's CODEOWNERS file, where the forges look for it. */
import type { Files } from '../core/ports.ts';

const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'] as const;

/** Its text, or undefined where there is none that can be read. `root` is absolute. */
export async function readCodeOwners(
  files: Pick<Files, 'info' | 'readText'>,
  root: string,
): Promise<string | undefined> {
  for (const place of PLACES) {
    const file = `${root}/${place}`;
    try {
      // Most repositories have it in one of these places, or in none.
      if ((await files.info(file)) !== undefined) return await files.readText(file);
    } catch {
      // One that can't be read counts as none.
    }
  }
  return undefined;
}
