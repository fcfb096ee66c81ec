/** The rows of the benchmarks as people read them: a line of a terminal, and Markdown tables that are put in place in a page. */

/** A row as a line of the terminal. */
export function terminalLine(row) {
  if (row.skipped !== undefined) return `${row.what.padEnd(52)} not measured: ${row.skipped}`;
  const beside = row.theirs === undefined ? '' : `${row.beside} ${amount(row.theirs)} ${row.unit}`;
  return [
    row.what.padEnd(52),
    oursOf(row).padStart(26),
    beside.padEnd(40),
    ratioOf(row).padStart(8),
    row.target.padEnd(16),
    row.met === undefined ? '' : row.met ? 'met' : 'MISSED',
    row.note === undefined ? '' : `(${row.note})`,
  ]
    .join('  ')
    .trimEnd();
}

/** What was measured, with its unit. */
export function oursOf(row) {
  return `${amount(row.ours)} ${row.unit}`;
}

/**
 * The page with these tables: the lines that follow `<!-- figures: NAME -->` up to the next empty one are replaced, and a
 * name that the page lacks gets a section at its end. What isn't among the tables stays as it is.
 * @param {string} page
 * @param {ReadonlyMap<string, readonly string[]>} tables lines by name
 */
export function withTables(page, tables) {
  const lines = page === '' ? [] : page.trimEnd().split('\n');
  for (const [name, table] of tables) {
    const mark = `<!-- figures: ${name} -->`;
    if (!lines.includes(mark)) lines.push(...(lines.length > 0 ? [''] : []), `## ${name}`, '', mark);
    const first = lines.indexOf(mark) + 1;
    const end = lines.indexOf('', first);
    lines.splice(first, (end < 0 ? lines.length : end) - first, ...table);
  }
  return `${lines.join('\n')}\n`;
}

/** The rows of one benchmark as the lines of a Markdown table. */
export function markdownTable(rows) {
  return ['| | Drillbook | beside it | ratio | target | |', '|---|---|---|---|---|---|', ...rows.map(markdownRow)];
}

function markdownRow(row) {
  const cells =
    row.skipped !== undefined
      ? [row.what, `not measured: ${row.skipped}`, '', '', '', '']
      : [
          row.note === undefined ? row.what : `${row.what} (${row.note})`,
          oursOf(row),
          row.theirs === undefined ? '' : `${row.beside}: ${amount(row.theirs)}`,
          ratioOf(row),
          row.target,
          row.met === undefined ? '' : row.met ? 'met' : '**missed**',
        ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function ratioOf(row) {
  return row.ratio === undefined ? '' : `${rounded(row.ratio)}×`;
}

/** Median, and in brackets the tenth and the ninetieth percentile. */
function amount({ median, low, high, runs }) {
  return runs > 1 ? `${rounded(median)} (${rounded(low)}–${rounded(high)})` : rounded(median);
}

function rounded(value) {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
