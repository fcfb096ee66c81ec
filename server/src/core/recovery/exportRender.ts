/** The page of a runbook as Markdown or as one HTML file that needs nothing else. */
import type { PagePart } from './exportPage.ts';

/** Markdown, readable as it stands. */
export function pageMarkdown(parts: readonly PagePart[]): string {
  return `${parts.map(markdownOf).join('\n\n')}\n`;
}

function markdownOf(part: PagePart): string {
  switch (part.kind) {
    case 'heading':
      return `${'#'.repeat(part.level)} ${part.text}`;
    case 'text':
      return part.text;
    case 'check':
      return `- [ ] ${part.text.trimEnd().replaceAll('\n', '\n      ')}`;
    case 'code': {
      const longest = Math.max(2, ...[...part.text.matchAll(/`+/gu)].map((match) => match[0].length));
      const fence = '`'.repeat(longest + 1);
      return `${part.label}:\n\n${fence}sh\n${part.text.trimEnd()}\n${fence}`;
    }
    case 'table': {
      const row = (cells: readonly string[]): string =>
        `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s*\n\s*/gu, ' ')).join(' | ')} |`;
      return [row(part.head), row(part.head.map(() => '---')), ...part.rows.map(row)].join('\n');
    }
  }
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 52rem; padding: 0 1rem; }
h1 { border-bottom: 2px solid; } h2 { margin-top: 2rem; } table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
pre { border: 1px solid #8886; padding: .6rem; white-space: pre-wrap; overflow-wrap: anywhere; }
label { display: block; margin: .5rem 0; white-space: pre-line; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } h1 { break-before: page; } h1:first-of-type { break-before: auto; } pre, tr, label { break-inside: avoid; } }
`;

/** One HTML file: no script, no link to anywhere, prints well. Everything is escaped. */
export function pageHtml(parts: readonly PagePart[]): string {
  const first = parts.find((part) => part.kind === 'heading');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(first?.kind === 'heading' ? first.text : 'Runbook')}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${parts.map(htmlOf).join('\n')}
</main>
</body>
</html>
`;
}

function htmlOf(part: PagePart): string {
  switch (part.kind) {
    case 'heading':
      return `<h${part.level}>${escaped(part.text)}</h${part.level}>`;
    case 'text':
      return `<p>${escaped(part.text)}</p>`;
    case 'check':
      return `<label><input type="checkbox"> ${escaped(part.text.trimEnd())}</label>`;
    case 'code':
      return `<p>${escaped(part.label)}:</p>\n<pre><code>${escaped(part.text.trimEnd())}</code></pre>`;
    case 'table': {
      const head = part.head.every((cell) => cell === '')
        ? ''
        : `<thead><tr>${part.head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('')}</tr></thead>`;
      const rows = part.rows.map(
        (row) =>
          `<tr>${row.map((cell, index) => (index === 0 ? `<th scope="row">${escaped(cell)}</th>` : `<td>${escaped(cell)}</td>`)).join('')}</tr>`,
      );
      return `<table>${head}<tbody>${rows.join('')}</tbody></table>`;
    }
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/gu, (char) => `&#${char.charCodeAt(0)};`);
}
