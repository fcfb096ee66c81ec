/** The formats of findings: one row a file. */
import { formatGithub } from './github.ts';
import { formatGitlab } from './gitlab.ts';
import { formatJson } from './json.ts';
import { formatJunit } from './junit.ts';
import { formatMarkdown } from './markdown.ts';
import type { FormatName } from './names.ts';
import type { FormatContext, Report } from './report.ts';
import { formatSarif } from './sarif.ts';
import { formatText } from './text.ts';

export const FORMATS: Readonly<Record<FormatName, (report: Report, context: FormatContext) => string>> = {
  text: formatText,
  json: formatJson,
  sarif: formatSarif,
  junit: formatJunit,
  github: formatGithub,
  gitlab: formatGitlab,
  markdown: formatMarkdown,
};
