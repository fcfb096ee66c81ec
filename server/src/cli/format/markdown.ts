/** A pull-request comment: the verdict in one line, the findings in a table, the rest folded; a mark finds it again. */
import { counted, spokenDuration } from '../style.ts';
import type { FormatContext, Report, ReportFinding } from './report.ts';

/** The comment that begins with this is the one to update; action/run.mjs looks for it. */
export const COMMENT_MARK = '<!-- drillbook -->';
/** GitHub refuses a comment of more than 65,536 characters. */
const LONGEST = 60_000;
const ROWS_SHOWN = 50;

export function formatMarkdown(report: Report, context: FormatContext): string {
  const { error, warning, information, unchecked } = report.summary;
  const checked = report.findings.filter((each) => !each.code.startsWith('unchecked/'));
  const open = report.findings.filter((each) => each.code.startsWith('unchecked/'));
  const urgent = checked.filter((each) => each.severity !== 'information');
  const hints = checked.filter((each) => each.severity === 'information');
  const parts = [
    `${COMMENT_MARK}\n### ${verdict(report)}`,
    [
      counted(error, 'error'),
      counted(warning, 'warning'),
      ...(information > 0 ? [counted(information, 'hint')] : []),
      ...(unchecked > 0 ? [`**${unchecked} not checked**`] : []),
    ].join(', ') + ` in ${counted(report.documents, 'document')} of ${counted(report.files, 'file')}.`,
    ...(urgent.length === 0 ? [] : [findingTable(urgent, context)]),
    ...(open.length === 0 ? [] : [folded(`${open.length} not checked`, findingTable(open, context))]),
    ...(hints.length === 0 ? [] : [folded(counted(hints.length, 'hint'), findingTable(hints, context))]),
    ...(context.command === 'drift' ? [callsNote(report, context)] : []),
  ];
  let text = '';
  for (const part of parts) {
    if (text.length + part.length > LONGEST) {
      text += '\n\n*The rest is too long for a comment; see the job.*';
      break;
    }
    text += (text === '' ? '' : '\n\n') + part;
  }
  return `${text}\n`;
}

function verdict(report: Report): string {
  const { error, warning, unchecked } = report.summary;
  if (error > 0) return '❌ Drillbook: these runbooks would not hold';
  if (warning > 0) return '⚠️ Drillbook: worth a look';
  if (unchecked > 0) return '❔ Drillbook: not everything could be checked';
  return '✅ Drillbook: nothing found';
}

function findingTable(findings: readonly ReportFinding[], context: FormatContext): string {
  const rows = findings.slice(0, ROWS_SHOWN).map((finding) => {
    const page = `${context.helpBase}/docs/rules/${finding.code}.md`;
    const place = `${finding.file}:${finding.range.start.line + 1}`;
    return `| ${sign(finding)} | ${code(place)} | ${escape(finding.message)} | [${code(finding.code)}](${page}) |`;
  });
  const more = findings.length > ROWS_SHOWN ? [`| | | *and ${findings.length - ROWS_SHOWN} more* | |`] : [];
  return ['| | where | what | rule |', '|---|---|---|---|', ...rows, ...more].join('\n');
}

function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function callsNote(report: Report, context: FormatContext): string {
  const calls = Object.values(report.calls).reduce((sum, count) => sum + count, 0);
  return `<sub>${counted(report.summary.factsCompared, 'fact')} of ${counted(context.resources, 'resource')} compared with ${counted(calls, 'live call')} in ${spokenDuration(report.durationMs)}.</sub>`;
}

function sign(finding: ReportFinding): string {
  if (finding.code.startsWith('unchecked/')) return '❔';
  return { error: '❌', warning: '⚠️', information: 'ℹ️' }[finding.severity];
}

/** Nothing of a message may become markup, a mention, or end the table's row. */
function escape(text: string): string {
  return (
    text
      .replace(/\r?\n/g, ' ')
      .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? character)
      .replace(/[\\`*_[\]|#~]/g, '\\$&')
      // GitHub links bare addresses by themselves.
      .replaceAll('://', '&#58;//')
      .replace(/\bwww\./giu, (found) => `${found.slice(0, -1)}&#46;`)
      .replaceAll('@', '@\u200b')
  );
}

/** As code; a back-tick inside needs more of them outside, and a bar would end the cell. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text.replace(/\r?\n/g, ' ').replaceAll('|', '\\|')}${pad}${fence}`;
}
