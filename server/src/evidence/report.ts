/** The report of a record as one self-contained HTML page: no scripts, no outside resources; for webview, file and print. */
import { shortTime } from '../core/recovery/measure.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import type { EvidenceEntry } from '../core/rules/rule.ts';
import { escapeHtml, timelineSvg, trendSvg } from './timeline.ts';
import { costWords, effortWords, factsOf, provesWords, titleOf } from './words.ts';

export interface ReportOptions {
  /** Nonce of the page's content security policy, for its style. */
  readonly nonce?: string;
  /** Source that the policy lets styles come from, beside the nonce (a webview's). */
  readonly styleSource?: string;
}

/** The page. `history` holds the runs of the same runbook, for the trend; it may hold this one. */
export function renderReport(
  record: EvidenceRecord,
  history: readonly EvidenceEntry[] = [],
  options: ReportOptions = {},
): string {
  const style = options.nonce === undefined ? "'unsafe-inline'" : `'nonce-${options.nonce}'`;
  const nonce = options.nonce === undefined ? '' : ` nonce="${escapeHtml(options.nonce)}"`;
  const trend = trendSvg(
    history.filter(
      (entry) =>
        entry.runbook === record.runbook.name && entry.dryRun === record.dryRun && entry.scenario === undefined,
    ),
    record.measured.rtoMs,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${style}${options.styleSource === undefined ? '' : ` ${options.styleSource}`}; img-src data:; base-uri 'none'; form-action 'none'">
<title>${escapeHtml(`${titleOf(record)}: ${record.result}`)}</title>
<style${nonce}>${STYLE}</style>
</head>
<body>
<main>
<header>
<p class="kind">${record.kind === 'drill' ? 'Recovery drill' : 'Dry-run restore'}, ${escapeHtml(record.finishedAt.slice(0, 16).replace('T', ' '))} UTC</p>
<h1>${escapeHtml(titleOf(record))}</h1>
<p class="result ${record.result}"><strong>${escapeHtml(record.result)}</strong> ${escapeHtml(record.summary)}</p>
<p>${escapeHtml(provesWords(record))}</p>
${record.measured.statement === undefined ? '' : `<p class="statement">${escapeHtml(capital(record.measured.statement))}.</p>`}
</header>
${section('Timeline', timelineSvg(record))}
${section('Trend of restore time', trend)}
${section('Checks', checks(record))}
${section('Steps', steps(record))}
${section('Findings on the way', notes(record))}
${section('Drift when it began', drift(record))}
${section(
  'Facts',
  `<table class="facts"><tbody>${factsOf(record)
    .map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`)
    .join('')}</tbody></table>`,
)}
${section('Budget', budget(record))}
${section('Stages', stages(record))}
${section('Teardown', teardown(record))}
${section('Programs', list(record.engines.map((engine) => `${engine.name} ${engine.version} (${engine.from})`)))}
${section('Supports these controls', `${list(record.controls.map((control) => `${control.framework} ${control.control}: ${control.title}`))}${record.controls.length > 0 ? '<p class="small">Evidence supports a control; it does not satisfy one by itself.</p>' : ''}`, record.controls.length > 0)}
<footer><p class="small">${escapeHtml(`${record.tool.name} ${record.tool.version}, record ${record.id}. Row values are never recorded.`)}</p></footer>
</main>
</body>
</html>
`;
}

function section(title: string, body: string, shown = body !== ''): string {
  return shown ? `<section><h2>${escapeHtml(title)}</h2>${body}</section>` : '';
}

function checks(record: EvidenceRecord): string {
  if (record.checks.length === 0)
    return record.level >= 3 && record.kind === 'dry-run'
      ? '<p>There were no checks: that the data is right was not looked at.</p>'
      : '';
  const rows = record.checks.map(
    (check) =>
      `<tr><td>${state(check.state)}</td><td>${escapeHtml(check.name)}</td><td>${escapeHtml(check.expected)}</td><td>${escapeHtml(check.actual === undefined ? '' : String(check.actual))}</td><td>${escapeHtml(check.message ?? '')}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">State</th><th scope="col">Check</th><th scope="col">Expected</th><th scope="col">Actual</th><th scope="col">Message</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function steps(record: EvidenceRecord): string {
  if (!record.steps || record.steps.length === 0) return '';
  const rows = record.steps.map(
    (step) =>
      `<tr><td>${state(step.state)}</td><td class="name">${escapeHtml(step.id)}</td><td class="short">${escapeHtml(step.kind)}</td><td class="short">${step.durationMs === undefined ? '' : shortTime(step.durationMs)}</td><td>${escapeHtml([step.by === undefined ? '' : `by ${step.by}`, step.approvedBy === undefined ? '' : `approved by ${step.approvedBy}`, step.message ?? ''].filter((each) => each !== '').join('; '))}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">State</th><th scope="col">Step</th><th scope="col">Kind</th><th scope="col">Time</th><th scope="col">Who and what</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function notes(record: EvidenceRecord): string {
  return list(record.notes.map((note) => `${note.severity}: ${note.message}`));
}

function drift(record: EvidenceRecord): string {
  if (record.drift.state === 'not-looked') return '<p>Live infrastructure was not looked at.</p>';
  const words = `${record.drift.factsCompared} facts were compared, ${record.drift.unchecked} could not be looked up.`;
  return `<p>${escapeHtml(words)}</p>${list(record.drift.findings.map((finding) => `${finding.severity} ${finding.code}: ${finding.message}`))}`;
}

function budget(record: EvidenceRecord): string {
  const items = record.budget?.items ?? [];
  const sums = [
    ['Effort', effortWords(record.budget)],
    ['Cost', costWords(record.budget)],
  ].flatMap(([name, words]) => (words === undefined ? [] : [`<p>${name ?? ''}: ${escapeHtml(words)}.</p>`]));
  if (items.length === 0) return sums.join('');
  const rows = items.map(
    (item) =>
      `<tr><td>${escapeHtml(item.item)}</td><td class="short">${item.effortMs === undefined ? '' : shortTime(item.effortMs)}</td><td class="short">${item.cost === undefined ? '' : `${item.cost} ${escapeHtml(item.currency ?? '')}`}</td><td>${escapeHtml(item.how)}</td></tr>`,
  );
  return `${sums.join('')}<table><thead><tr><th scope="col">Item</th><th scope="col">Effort</th><th scope="col">Cost</th><th scope="col">How</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function stages(record: EvidenceRecord): string {
  const rows = record.stages.map((stage) => {
    const output =
      stage.output === undefined
        ? ''
        : `<details><summary>Output</summary><pre>${escapeHtml(stage.output)}</pre></details>`;
    return `<tr><td>${state(stage.state)}</td><td class="short">${escapeHtml(stage.stage)}</td><td class="short">${stage.durationMs === undefined ? '' : shortTime(stage.durationMs)}</td><td>${escapeHtml(stage.message ?? '')}${output}</td></tr>`;
  });
  return `<table><thead><tr><th scope="col">State</th><th scope="col">Stage</th><th scope="col">Time</th><th scope="col">What</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function teardown(record: EvidenceRecord): string {
  if (record.kind === 'drill') return '';
  const words = record.teardown.proven
    ? 'Everything that was made was removed, looked for again, and not found.'
    : 'Not everything could be removed.';
  return `<p>${words}</p>${list([...record.teardown.removed.map((each) => `removed: ${each}`), ...record.teardown.remaining.map((each) => `still there: ${each}`)])}`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

function state(value: string): string {
  return `<span class="state ${escapeHtml(value)}">${escapeHtml(value)}</span>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const STYLE = `
:root{color-scheme:light dark;--bg:var(--vscode-editor-background,#fff);--fg:var(--vscode-editor-foreground,#1c1e21);--dim:var(--vscode-descriptionForeground,#5b6169);--edge:var(--vscode-panel-border,#d5d9de);--ok:var(--vscode-terminal-ansiGreen,#1a7f37);--bad:var(--vscode-list-errorForeground,var(--vscode-editorError-foreground,#c62828));--unsure:var(--vscode-list-warningForeground,var(--vscode-editorWarning-foreground,#9a6700));--bar:var(--vscode-charts-blue,#2f6fde)}
@media (prefers-color-scheme:dark){:root{--bg:var(--vscode-editor-background,#16181c);--fg:var(--vscode-editor-foreground,#e4e6ea);--dim:var(--vscode-descriptionForeground,#a2a9b3);--edge:var(--vscode-panel-border,#3a3f47);--ok:var(--vscode-terminal-ansiGreen,#57c46f);--bad:var(--vscode-list-errorForeground,var(--vscode-editorError-foreground,#ff7b72));--unsure:var(--vscode-list-warningForeground,var(--vscode-editorWarning-foreground,#e3b341));--bar:var(--vscode-charts-blue,#6ea8fe)}}
body{background:var(--bg);color:var(--fg);font:14px/1.5 var(--vscode-font-family,system-ui,sans-serif);margin:0;overflow-wrap:anywhere}
main{max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.05rem;margin:1.6rem 0 .4rem;border-bottom:1px solid var(--edge)}
p{margin:.3rem 0}.kind,.small{color:var(--dim)}.small{font-size:.85rem}
.result{border-left:4px solid var(--unsure);padding:.4rem .8rem}.result.passed{border-color:var(--ok)}.result.failed{border-color:var(--bad)}
.result strong{text-transform:capitalize}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--edge)}th[scope=col],.short,.state{white-space:nowrap}.name{overflow-wrap:break-word;max-width:14rem}
.facts th{white-space:nowrap;font-weight:600;width:10rem}
.state{color:var(--unsure);font-weight:600}.state.passed,.state.confirmed{color:var(--ok)}.state.failed{color:var(--bad)}.state.skipped{color:var(--dim);font-weight:400}
pre{white-space:pre-wrap;font:12px/1.4 var(--vscode-editor-font-family,ui-monospace,monospace)}
svg{width:100%;max-width:46rem;height:auto}svg text{font-size:11px;fill:var(--fg)}svg .time{fill:var(--dim)}
.bar{fill:var(--bar)}.bar.failed{fill:var(--bad)}.bar.inconclusive,.bar.cancelled{fill:var(--unsure)}
.rto{stroke:var(--bad);stroke-dasharray:4 3}.rto-label{fill:var(--bad)}.line{fill:none;stroke:var(--bar);stroke-width:2}.dot{fill:var(--bar)}
@media print{:root{--bg:#fff;--fg:#000;--dim:#444;--edge:#999;--ok:#1a7f37;--bad:#b00020;--unsure:#7a5200;--bar:#2f6fde}main{max-width:none;padding:0}h2{break-after:avoid}tr,svg,.result{break-inside:avoid}details::details-content{content-visibility:visible;block-size:auto}}
`.replaceAll('\n', '');
