/** The readiness report as one self-contained HTML page: no script, no remote resource, printable, light and dark. */
import { STAGES } from './maturity.ts';
import type { ReadinessReport, ReadinessRow } from './readiness.ts';
import {
  costSentences,
  headline,
  lastPassWords,
  moneyWords,
  nextCostWords,
  STAGE_WORDS,
  stageWords,
  timeWords,
} from './readinessWords.ts';

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 25%, transparent); --good: #2e8b57; --bad: var(--vscode-editorError-foreground, #c0392b); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: var(--vscode-foreground, CanvasText); background: var(--vscode-editor-background, Canvas); }
h1 { font-size: 1.5rem; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .6rem; border-bottom: 1px solid var(--line); }
.stages { display: flex; gap: .25rem; list-style: none; padding: 0; } .stages li { flex: 1; border-top: .4rem solid var(--line); padding-top: .3rem; font-size: .85rem; }
.stages li.some { border-color: var(--good); } .bar { display: inline-block; width: 7rem; height: .5rem; border: 1px solid currentColor; border-radius: .25rem; overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--good); } .late { color: var(--bad); font-weight: 600; }
small { opacity: .8; font-weight: 400; } svg { overflow: visible; } @media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
`;

/** The whole page. Everything that comes from documents or evidence is escaped. */
export function readinessHtml(report: ReadinessReport): string {
  const stages = STAGES.map(
    (stage) =>
      `<li${report.stages[stage] > 0 ? ' class="some"' : ''}><strong>${report.stages[stage]}</strong> ${STAGE_WORDS[stage]}</li>`,
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
<table>
<caption><small>Least ready first. As of ${escaped(report.at.slice(0, 10))}, from evidence and never from claims.</small></caption>
<thead><tr><th scope="col">Runbook</th><th scope="col">Stands at</th><th scope="col">Last restore</th><th scope="col">Next step</th><th scope="col">An outage costs</th><th scope="col">A year of proof costs</th></tr></thead>
<tbody>
${report.rows.map(rowHtml).join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`;
}

function rowHtml(row: ReadinessRow): string {
  const share = row.exempt ? 0 : Math.round((STAGES.indexOf(row.stage) / (STAGES.length - 1)) * 100);
  const late =
    row.overdue.length > 0 ? `<br><span class="late">overdue: ${escaped(row.overdue.join(', '))}</span>` : '';
  const cost = nextCostWords(row);
  const outage = row.outage
    ? `${escaped(moneyWords(row.outage))}<br><small>for ${timeWords(row.outage.forMs)}${row.outage.measured ? ', as measured' : ', the RTO: never measured'}</small>`
    : '<small>the policy gives no figure</small>';
  const yearly = [
    row.yearly.cost ? moneyWords(row.yearly.cost) : '',
    row.yearly.effortMs > 0 ? `${timeWords(row.yearly.effortMs)} of people's time` : '',
  ]
    .filter((part) => part !== '')
    .join(' and ');
  const bar = row.exempt
    ? ''
    : `<span class="bar" role="img" aria-label="${share} %"><i style="width:${share}%"></i></span> `;
  return `<tr><th scope="row">${escaped(row.title)}<br><small>${escaped([row.runbook, row.dataClass ?? '', row.owners.join(', ')].filter((part) => part !== '').join(' · '))}</small></th>
<td>${bar}${escaped(stageWords(row))}<br><small>${escaped(row.why)}</small>${late}</td>
<td>${escaped(lastPassWords(row))}${trendSvg(row)}</td>
<td>${escaped(row.next?.what ?? (row.exempt ? 'None: nobody needs to bring it back.' : 'Keep going.'))}${cost === '' ? '' : `<br><small>${escaped(cost)}</small>`}</td>
<td>${outage}</td><td>${escaped(yearly === '' ? (row.exempt ? 'nothing' : 'unknown') : yearly)}</td></tr>`;
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
