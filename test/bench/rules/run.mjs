/**
 * Measures what the policy, practice and evidence rules add to a check: parse, index and check of N runbooks of about 80
 * lines with them and without, in turns, in tasks of as many files as `check` itself takes at a time, each let go after it.
 * Processor time is compared, as other work on the machine stretches the wall clock.
 */
import { readFileSync } from 'node:fs';
import { checkWorkspace } from '../../../server/src/app/checkWorkspace.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import { REFERENCE_RULES } from '../../../server/src/core/rules/reference/table.ts';
import { RULES } from '../../../server/src/core/rules/table.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';
import { sizesOr } from '../support/processes.mjs';
import { report } from '../support/report.mjs';

const [count] = sizesOr(10_000);
const ROUNDS = 3;
/** As in `cli/checkDue.ts`. */
const FILES_A_TASK = 32;
const read = (kind) => readFileSync(new URL(`../../docs/base/${kind}.yaml`, import.meta.url), 'utf8');
const runbook = read('runbook');
const shared = [
  { file: 'acme.policy.yaml', text: read('policy') },
  { file: 'production.environment.yaml', text: read('environment') },
];
const files = [];
for (let index = 0; index < count; index++) {
  const text = runbook.replace('name: orders-db', `name: orders-${index}`).replace('orders-prod', `orders-${index}`);
  files.push({ file: `team-${index % 50}/orders-${index}.runbook.yaml`, text });
}

/** Milliseconds of processor time for everything from text to findings. */
function measure(rules) {
  globalThis.gc?.();
  const before = process.cpuUsage();
  const parsed = ({ file, text }) => ({ file, parsed: parse(text) });
  const workspace = buildWorkspace(shared.map(parsed));
  const options = { now: Date.parse('2026-11-22'), evidence: { entries: [], problems: [] }, rules };
  for (let at = 0; at < files.length; at += FILES_A_TASK) {
    const task = files.slice(at, at + FILES_A_TASK);
    for (const each of task) workspace.set(each.file, parse(each.text));
    checkWorkspace(workspace, { ...options, files: task.map(({ file }) => file) });
    for (const { file } of task) workspace.remove(file);
  }
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
