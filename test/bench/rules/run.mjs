/**
 * Measures what the policy, practice and evidence rules add to a check: what `check` does with each of N runbooks of about 80
 * lines (it is read, parsed, checked, and its findings are placed), with them and without, in turns, in tasks of as many files
 * as it takes at a time. Processor time is compared, as other work on the machine stretches the wall clock.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createPartChecker } from '../../../server/src/cli/checkPart.ts';
import { REFERENCE_RULES } from '../../../server/src/core/rules/reference/table.ts';
import { RULES } from '../../../server/src/core/rules/table.ts';
import { sizesOr } from '../support/processes.mjs';
import { report } from '../support/report.mjs';

const [count] = sizesOr(10_000);
const ROUNDS = 3;
/** As in `cli/checkDue.ts`. */
const FILES_A_TASK = 32;
const read = (kind) => readFileSync(new URL(`../../docs/base/${kind}.yaml`, import.meta.url), 'utf8');
const runbook = read('runbook');
const root = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
process.once('exit', () => rmSync(root, { recursive: true, force: true }));
const files = [];
for (let index = 0; index < count; index++) {
  const text = runbook.replace('name: orders-db', `name: orders-${index}`).replace('orders-prod', `orders-${index}`);
  const file = `team-${index % 50}/orders-${index}.runbook.yaml`;
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
  files.push([file, '']);
}
const setting = {
  root,
  now: Date.parse('2026-11-22'),
  evidence: { entries: [], problems: [] },
  shared: [
    { file: 'acme.policy.yaml', text: read('policy') },
    { file: 'production.environment.yaml', text: read('environment') },
  ],
  named: [],
  look: { cwd: root, color: false, columns: 100 },
};

/** Milliseconds of processor time for everything from files to findings. */
function measure(rules) {
  globalThis.gc?.();
  const before = process.cpuUsage();
  const check = createPartChecker({ ...setting, rules });
  for (let at = 0; at < files.length; at += FILES_A_TASK)
    check({ kind: 'alone', files: files.slice(at, at + FILES_A_TASK) });
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

measure(RULES); // warm
const without = [];
const all = [];
for (let round = 0; round < ROUNDS; round++) {
  without.push(measure(REFERENCE_RULES));
  all.push(measure(RULES));
}
report({
  bench: 'rules',
  what: `${count.toLocaleString('en')} runbooks with all rules`,
  unit: 'ms of processor',
  ours: all,
  beside: 'syntax, schema and references alone',
  theirs: without,
  mostRatio: 1.3,
});
