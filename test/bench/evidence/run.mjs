/** Measures listing and verifying a journal of N records, as the command line does both: `evidence [N]`. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVIDENCE_FOLDER, FIRST, hashOf, recordHash } from '../../../server/src/evidence/journal.ts';
import { entryOf } from '../../../server/src/evidence/entry.ts';
import { runbookOf } from '../language/documents.mjs';
import { drillbook, sizesOr } from '../support/processes.mjs';
import { report } from '../support/report.mjs';

const RUNS = 5;
const WRITERS = 4;
for (const count of sizesOr(10_000)) {
  const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
  try {
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, 'orders.runbook.yaml'), runbookOf(100, 'orders-0'));
    const bytes = write(folder, count);
    const list = [];
    const verify = [];
    for (let run = 0; run < RUNS; run++) {
      const listed = await drillbook(['evidence', 'list', '--format', 'json'], { cwd: folder, memory: true }, [0]);
      if (!listed.stdout.includes('run-000001')) throw new Error('The oldest record was not listed.');
      list.push(listed.ms);
      const verified = await drillbook(['evidence', 'verify'], { cwd: folder, memory: true }, [0]);
      verify.push(verified.ms);
    }
    const note = `${WRITERS} chains, ${Math.round(bytes / count)} bytes a record; process start included`;
    const records = `${count.toLocaleString('en')} records`;
    report({ bench: 'evidence', what: `${records} listed`, unit: 'ms', ours: list, most: 500, note });
    report({ bench: 'evidence', what: `${records} verified`, unit: 'ms', ours: verify, most: 3000, note });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A journal as the program writes it, without its locks; returns the bytes of all records. */
function write(root, count) {
  const folder = join(root, EVIDENCE_FOLDER);
  let bytes = 0;
  for (let writer = 0; writer < WRITERS; writer++) {
    const name = `main-${writer}`;
    mkdirSync(join(folder, name), { recursive: true });
    let previous = FIRST;
    const lines = [];
    for (let sequence = 1; sequence <= count / WRITERS; sequence++) {
      const number = (sequence - 1) * WRITERS + writer + 1;
      const content = { ...draft(number), chain: { writer: name, sequence, previous } };
      const record = { ...content, hash: recordHash(content) };
      const file = `${name}/${String(sequence).padStart(6, '0')}-orders-${number % 50}-${content.id}.json`;
      const text = `${JSON.stringify(record, undefined, 2)}\n`;
      bytes += text.length;
      writeFileSync(join(folder, file), text);
      const line = {
        version: 1,
        ...content.chain,
        id: record.id,
        record: file,
        recordHash: record.hash,
        at: record.finishedAt,
        summary: { ...entryOf(record), file: `${EVIDENCE_FOLDER}/${file}` },
      };
      previous = hashOf(line);
      lines.push(`${JSON.stringify({ ...line, hash: previous })}\n`);
    }
    appendFileSync(join(folder, `${name}.jsonl`), lines.join(''));
  }
  return bytes;
}

function draft(number) {
  const at = (second) => new Date(Date.UTC(2026, 0, 1, 0, number, second)).toISOString();
  const stages = ['resolve', 'drift', 'locate', 'fetch+verify', 'provision', 'restore', 'check', 'measure', 'teardown'];
  return {
    version: 1,
    kind: 'dry-run',
    id: `run-${String(number).padStart(6, '0')}`,
    tool: { name: 'drillbook', version: '0.0.0' },
    runbook: { name: `orders-${number % 50}`, file: 'orders.runbook.yaml', sha256: 'a'.repeat(64) },
    restoreFingerprint: 'b'.repeat(64),
    dryRun: 'orders',
    level: 3,
    requestedLevel: 3,
    result: 'passed',
    summary: 'orders#orders passed: restored in 41 s of a 1 h RTO',
    proves: 'backup',
    by: { user: 'someone', host: 'somewhere' },
    engines: [],
    stages: stages.map((stage, index) => ({
      stage,
      state: 'passed',
      startedAt: at(index),
      finishedAt: at(index + 1),
      durationMs: 1000,
      message: `The ${stage} stage did what it is for.`,
    })),
    checks: Array.from({ length: 6 }, (_each, index) => ({
      name: `check ${index}`,
      state: 'passed',
      expected: '>=1000',
      actual: 1000 + number,
      durationMs: 3,
    })),
    measured: {
      elapsedMs: 41_000,
      restoreMs: 900,
      rtoMs: 3_600_000,
      withinRto: true,
      untimedManualSteps: 0,
      statement: 'restored in 41 s of a 1 h RTO',
    },
    drift: { state: 'not-looked', factsCompared: 0, findings: [], unchecked: 0 },
    notes: [],
    teardown: { proven: true, removed: [], remaining: [] },
    attempts: 1,
    controls: [],
    startedAt: at(0),
    finishedAt: at(9),
  };
}
