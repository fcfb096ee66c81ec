/** Fixtures with marks: `# want CODE…` at the end of a line says which findings start on it; held strictly one to one. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rangeOf, spanAt, type PositionRange } from '../../server/src/core/document/navigate.ts';
import type { ParsedDocument, ParsedText } from '../../server/src/core/document/node.ts';
import type { Finding } from '../../server/src/core/finding.ts';

/** A finding as the fixtures need it; one without its file will do. */
export type Marked = Pick<Finding, 'code' | 'message' | 'path' | 'at' | 'span' | 'relative'> & {
  readonly document?: number;
};

/** `line: code` of every mark, sorted. `# want a b` marks its own line, `# want-above a` the line above (for whole-line comments). */
export function wantedIn(text: string): string[] {
  const wanted: string[] = [];
  text.split('\n').forEach((line, index) => {
    const mark = /#\s*want(-above)?\s+([a-z0-9-]+\/[a-z0-9-]+(?:\s+[a-z0-9-]+\/[a-z0-9-]+)*)\s*$/.exec(line.trimEnd());
    if (!mark) return;
    const at = mark[1] === undefined ? index : index - 1;
    for (const code of (mark[2] ?? '').split(/\s+/)) wanted.push(entry(at, code));
  });
  return wanted.sort();
}

/** Where a finding stands in the parse that it was made on. */
export function rangeOfFinding(parsed: ParsedText, finding: Marked, document?: ParsedDocument): PositionRange {
  const owner = document ?? parsed.documents[finding.document ?? 0];
  assert.ok(owner, `no document ${finding.document ?? 0} for ${finding.code}`);
  const anchor = spanAt(owner, finding.path, finding.at);
  if (!finding.span) return rangeOf(parsed, anchor);
  const base = finding.relative ? anchor.start : 0;
  return rangeOf(parsed, { start: base + finding.span.start, end: base + finding.span.end });
}

/** Fails with both lists where findings and marks differ, be it that one is missing, too many, or on another line. */
export function assertWants(name: string, parsed: ParsedText, findings: readonly Marked[]): void {
  const found = findings.map((finding) => ({ line: rangeOfFinding(parsed, finding).start.line, finding }));
  const actual = found.map(({ line, finding }) => entry(line, finding.code)).sort();
  const wanted = wantedIn(parsed.text);
  if (actual.join('\n') === wanted.join('\n')) return;
  const messages = found.map(({ line, finding }) => `${line + 1}: ${finding.code}: ${finding.message}`).join('\n');
  assert.deepEqual(
    actual,
    wanted,
    `${name}: the findings (+) are not those that its marks want (-); found were:\n${messages}\n`,
  );
}

/** Every fixture in `test/fixtures/<area>`, by file name; at least one must be there. */
export function fixtures(area: string): { readonly name: string; readonly path: string; readonly text: string }[] {
  const folder = join(import.meta.dirname, '..', 'fixtures', area);
  const names = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort();
  assert.ok(names.length > 0, `no fixture in ${folder}`);
  return names.map((name) => ({ name, path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }));
}

function entry(line: number, code: string): string {
  return `${String(line + 1).padStart(5)}: ${code}`;
}
