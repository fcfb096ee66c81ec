/**
 * Measures the parser alone against the YAML library: a whole parse, an edit of one line with its schema check, and the
 * memory that a kept parse takes. `node test/bench/document/run.mjs [LINES…]`. One JSON object a row on stdout.
 */
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runbookOf } from '../language/documents.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');
const sizes = process.argv.slice(2).map(Number).filter(Boolean);
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

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const round = (value) => Math.round(value * 100) / 100;
const timed = (work) => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
try {
  const { parse, checkSchema, parseDocument } = await bundled(folder);
  for (const lines of sizes.length > 0 ? sizes : [100, 1_000, 12_000, 50_000]) {
    const text = runbookOf(lines);
    const repeats = lines > 5_000 ? 3 : 20;
    const library = median(Array.from({ length: repeats }, () => timed(() => parseDocument(text))));
    const whole = median(Array.from({ length: repeats }, () => timed(() => parse(text))));
    const check =
      median(
        Array.from({ length: repeats }, () => timed(() => parse(text).documents.forEach((each) => checkSchema(each)))),
      ) - whole;
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
    console.log(
      JSON.stringify({
        bench: 'document',
        lines: text.split('\n').length,
        libraryMs: round(library),
        wholeMs: round(whole),
        schemaMs: round(check),
        editMs: round(median(edits)),
        ...(globalThis.gc ? { heapMiB: round(heap / 2 ** 20) } : {}),
      }),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
