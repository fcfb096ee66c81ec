/**
 * Measures the parser alone against the YAML library: a whole parse, an edit of one line with its schema check, and the
 * memory that a kept parse takes. Sizes are lines.
 */
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runbookOf } from '../language/documents.mjs';
import { root, sizesOr } from '../support/processes.mjs';
import { median, report } from '../support/report.mjs';

const EDITS = 30;

/** The rooms as they ship: bundled, with the library's browser build. */
async function bundled(folder) {
  const out = join(folder, 'document.mjs');
  await build({
    stdin: {
      contents: `export { parse } from './core/document/parse.ts';
        export { checkSchema } from './core/schema/check.ts';
        export { parseDocument } from 'yaml';`,
      resolveDir: join(root, 'server/src'),
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: out,
    alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
    logLevel: 'error',
  });
  return import(pathToFileURL(out).href);
}

const timed = (work) => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
try {
  const { parse, checkSchema, parseDocument } = await bundled(folder);
  for (const lines of sizesOr(100, 1_000, 12_000, 50_000)) {
    const text = runbookOf(lines);
    const repeats = lines > 5_000 ? 3 : 20;
    const library = Array.from({ length: repeats }, () => timed(() => parseDocument(text)));
    const whole = Array.from({ length: repeats }, () => timed(() => parse(text)));
    const check =
      median(
        Array.from({ length: repeats }, () => timed(() => parse(text).documents.forEach((each) => checkSchema(each)))),
      ) - median(whole);
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    let parsed = parse(text);
    parsed.documents.forEach((each) => each.value);
    globalThis.gc?.();
    const heap = process.memoryUsage().heapUsed - before;
    const at = text.indexOf('recovery: scripted') + 'recovery: '.length;
    const edits = [];
    for (let edit = 0; edit < EDITS; edit++) {
      const changed = edit % 2 === 0 ? `${text.slice(0, at)}x${text.slice(at)}` : text;
      edits.push(
        timed(() => {
          parsed = parse(changed, parsed);
          parsed.documents.forEach((each) => checkSchema(each));
        }),
      );
    }
    const bench = 'document';
    const size = `${text.split('\n').length.toLocaleString('en')} lines`;
    const beside = 'yaml library, parse alone';
    report({ bench, what: `${size}: whole parse`, unit: 'ms', ours: whole, beside, theirs: library });
    report({ bench, what: `${size}: schema check`, unit: 'ms', ours: check });
    report({ bench, what: `${size}: edit and schema check`, unit: 'ms', ours: edits, beside, theirs: library });
    report({ bench, what: `${size}: memory of a kept parse`, unit: 'MB', ours: heap / 2 ** 20 });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
