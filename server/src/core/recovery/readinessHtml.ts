/** The readiness report as one self-contained HTML page: no script, no remote resource, printable, light and dark. */
import { STAGES } from './maturity.ts';
import type { RecoveryPlan } from './plan.ts';
import { planGraph } from './planSvg.ts';
import type { ReadinessReport, ReadinessRow } from './readiness.ts';
import {
  costSentences,
  headline,
  lastPassWords,
  nextCostWords,
  outageWords,
  overdueWords,
  STAGE_WORDS,
  stageWords,
  timeWords,
  yearlyWords,
} from './readinessWords.ts';

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 25%, transparent); --good: #2e8b57; --bad: var(--vscode-editorError-foreground, #b3261e); }
@media (prefers-color-scheme: dark) { :root { --good: #4cba80; --bad: var(--vscode-editorError-foreground, #ff8a80); } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: var(--vscode-foreground, CanvasText); background: var(--vscode-editor-background, Canvas); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; } .scroll { overflow-x: auto; padding: .25rem; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .6rem; border-bottom: 1px solid var(--line); }
.stages { display: flex; gap: .25rem; list-style: none; padding: 0; } .stages li { flex: 1; border-top: .4rem solid var(--line); padding-top: .3rem; font-size: .85rem; }
.stages li.some { border-color: currentColor; } .stages li.proven { border-color: var(--good); } .bar { display: inline-block; width: 5rem; height: .5rem; border: 1px solid currentColor; border-radius: .25rem; overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--good); } .late { color: var(--bad); font-weight: 600; }
small { opacity: .8; font-weight: 400; } svg { overflow: visible; } 
.stages { flex-wrap: wrap; } .stages li { min-width: 6rem; }
@media screen and (max-width: 52rem) { thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, th, td, caption { display: block; } tr { border-bottom: 1px solid var(--line); padding: .6rem 0; }
  tbody th, td { border: 0; padding: .2rem 0; } td::before { content: attr(data-label); display: block; font-size: .8rem; opacity: .8; } }
@page { size: landscape; margin: 12mm; }
@media print { :root { color-scheme: light; --bad: #b3261e; --good: #2e8b57; } body { margin: 0; max-width: none; padding: 0; font-size: 9.5pt; color: #000; background: #fff; }
  * { print-color-adjust: exact; } tr, li, svg { break-inside: avoid; } h2 { break-after: avoid; } .scroll { overflow: visible; } .scroll svg { max-width: 100%; height: auto; } }
`;

const PROVEN = STAGES.indexOf('restored');

/** The whole page, with the recovery plan where one is given. Everything that comes from documents or evidence is escaped. */
export function readinessHtml(report: ReadinessReport, plan?: RecoveryPlan): string {
  const stages = STAGES.map(
    (stage) =>
      `<li${report.stages[stage] === 0 ? '' : ` class="${STAGES.indexOf(stage) < PROVEN ? 'some' : 'proven'}"`}><strong>${report.stages[stage]}</strong> ${STAGE_WORDS[stage]}</li>`,
  ).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Recovery readiness</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Recovery readiness</h1>
<p>${escaped([headline(report), ...costSentences(report)].join(' '))}</p>
<ol class="stages" aria-label="Runbooks by stage, from hope to proven">${stages}</ol>
<table role="table">
<caption><small>Least ready first. As of ${escaped(report.at.slice(0, 10))}, from evidence and never from claims.</small></caption>
<thead><tr role="row"><th scope="col" role="columnheader">Runbook</th><th scope="col" role="columnheader">Stands at</th><th scope="col" role="columnheader">Last restore</th><th scope="col" role="columnheader">Next step</th><th scope="col" role="columnheader">An outage costs</th><th scope="col" role="columnheader">A year of proof costs</th></tr></thead>
<tbody>
${report.rows.map(rowHtml).join('\n')}
</tbody>
</table>
${planHtml(plan)}</main>
</body>
</html>
`;
}

function planHtml(plan: RecoveryPlan | undefined): string {
  const graph = plan && planGraph(plan, timeWords);
  if (!graph) return '';
  const list = graph.sentences.map((each) => `<li>${escaped(each)}</li>`).join('\n');
  return `<h2>Recovery plan</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Recovery plan as a graph">${graph.svg}</div>
<details><summary>The plan in words</summary>
<ol>
${list}
</ol>
</details>
`;
}

function rowHtml(row: ReadinessRow): string {
  const share = row.exempt ? 0 : Math.round((STAGES.indexOf(row.stage) / (STAGES.length - 1)) * 100);
  const late = row.overdue.length > 0 ? `<br><span class="late">overdue: ${escaped(overdueWords(row))}</span>` : '';
  const cost = nextCostWords(row);
  const [amount, forHowLong] = outageWords(row) ?? ['', 'the policy gives no figure'];
  const outage = `${amount === '' ? '' : `${escaped(amount)}<br>`}<small>${escaped(forHowLong)}</small>`;
  const yearly = yearlyWords(row);
  const bar = row.exempt
    ? ''
    : `<span class="bar" role="img" aria-label="${share} %"><i style="width:${share}%"></i></span> `;
  return `<tr role="row"><th scope="row" role="rowheader">${escaped(row.title)}<br><small>${escaped([row.runbook, row.dataClass ?? '', row.owners.join(', ')].filter((part) => part !== '').join(' · '))}</small></th>
<td role="cell" data-label="Stands at">${bar}${escaped(stageWords(row))}<br><small>${escaped(row.why)}</small>${late}</td>
<td role="cell" data-label="Last restore">${escaped(lastPassWords(row))}${trendSvg(row)}</td>
<td role="cell" data-label="Next step">${escaped(row.next?.what ?? (row.exempt ? 'None: nobody needs to bring it back.' : 'Keep going.'))}${cost === '' ? '' : `<br><small>${escaped(cost)}</small>`}</td>
<td role="cell" data-label="An outage costs">${outage}</td><td role="cell" data-label="A year of proof costs">${escaped(yearly === '' ? (row.exempt ? 'nothing' : 'unknown') : yearly)}</td></tr>`;
}

/** The restore times as a line, with the RTO dashed; nothing below two points. */
function trendSvg(row: ReadinessRow): string {
  if (row.trend.length < 2) return '';
  const points = row.trend.slice(-24);
  const top = Math.max(row.rtoMs ?? 0, ...points.map((point) => point.tookMs));
  const y = (ms: number): string => (30 - (ms / top) * 28).toFixed(1);
  const line = points
    .map((point, index) => `${((index / (points.length - 1)) * 120).toFixed(1)},${y(point.tookMs)}`)
    .join(' ');
  const rto =
    row.rtoMs === undefined
      ? ''
      : `<line x1="0" x2="120" y1="${y(row.rtoMs)}" y2="${y(row.rtoMs)}" stroke="currentColor" stroke-dasharray="3" opacity=".6"/>`;
  const last = points.at(-1);
  const label = `Restore times, the last ${points.length}: now ${timeWords(last?.tookMs ?? 0)}`;
  return `<br><svg width="120" height="32" viewBox="0 0 120 32" role="img" aria-label="${escaped(label)}">${rto}<polyline points="${line}" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/gu, (char) => `&#${char.charCodeAt(0)};`);
}
