/** Imports a runbook written in Markdown into the workspace, beside it; overwrites nothing. */
import type { Files } from '../core/ports.ts';
import { importMarkdown, type ImportResult } from '../core/recovery/importMarkdown.ts';

export interface ImportRequest {
  /** Absolute path of the Markdown file. */
  readonly path: string;
  /** As the person wrote it, for the note of origin. */
  readonly file: string;
  readonly name?: string;
  /** Absolute path to write to; default beside the source, `NAME.runbook.yaml`. */
  readonly out?: string;
}

export type ImportOutcome =
  | { readonly state: 'written'; readonly path: string; readonly result: ImportResult }
  | { readonly state: 'exists'; readonly path: string; readonly result: ImportResult };

/** Rejects where the file can't be read or written. `now` is in milliseconds since the epoch. */
export async function importRunbook(
  request: ImportRequest,
  { files, now }: { readonly files: Files; readonly now: number },
): Promise<ImportOutcome> {
  const markdown = await files.readText(request.path);
  const result = importMarkdown(markdown, {
    file: request.file,
    today: new Date(now).toISOString().slice(0, 10),
    ...(request.name === undefined ? {} : { name: request.name }),
  });
  const folder = request.path.replace(/[/\\][^/\\]*$/u, '');
  const path = request.out ?? `${folder}/${result.name}.runbook.yaml`;
  if (await files.info(path)) return { state: 'exists', path, result };
  await files.writeAtomic(path, result.text);
  return { state: 'written', path, result };
}
