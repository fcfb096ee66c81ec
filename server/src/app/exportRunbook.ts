/** Exports a runbook as one self-contained page, to keep where git and single sign-on are down. */
import { exportPage, type ExportOptions } from '../core/recovery/exportPage.ts';
import { pageHtml, pageMarkdown } from '../core/recovery/exportRender.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

export const EXPORT_FORMATS = ['html', 'markdown'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The page, newline at its end. Secrets are not in it: only where they are to be had. */
export function exportRunbook(
  workspace: Workspace,
  entry: Entry,
  options: ExportOptions & { readonly format: ExportFormat },
): string {
  const page = exportPage(workspace, entry, options);
  return options.format === 'html' ? pageHtml(page) : pageMarkdown(page);
}
