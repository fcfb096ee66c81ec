/** Measures how soon the program answers: `--version` and `check` on one file beside a bare Node and other checkers. Sizes are lines. */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runbookOf } from '../language/documents.mjs';
import { benchTool, program, root, sizesOr, timed } from '../support/processes.mjs';
import { report, skipped } from '../support/report.mjs';

const RUNS = 15;
const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
try {
  for (const lines of sizesOr(100, 300)) await measure(lines);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(lines) {
  const file = join(folder, 'bench.runbook.yaml');
  // Its date in quotes: to a reader of YAML 1.1 it would be no text.
  const text = runbookOf(lines).replace(/reviewedOn: (\S+)/, 'reviewedOn: "$1"');
  writeFileSync(file, text);
  mkdirSync(join(folder, '.git'), { recursive: true });
  const template = join(folder, 'template.yaml');
  writeFileSync(template, templateOf(text.length));
  const schema = join(root, 'schemas/runbook.schema.json');
  const contenders = {
    node: [process.execPath, ['-e', '0']],
    version: [process.execPath, [program, '--version']],
    check: [process.execPath, [program, 'check', file]],
    yamllint: [benchTool('yamllint'), [file]],
    'ajv-cli': [
      benchTool('ajv'),
      ['validate', '--spec=draft2020', '--strict=false', '--validate-formats=false', '-s', schema, '-d', file],
    ],
    'cfn-lint': [benchTool('cfn-lint'), [template]],
  };
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let run = 0; run < RUNS; run++) {
    for (const [name, [command, args]] of Object.entries(contenders)) {
      // The slow ones are slow by a wide margin: a few runs tell.
      if (command === undefined || (run >= 5 && !['node', 'version', 'check', 'yamllint'].includes(name))) continue;
      const { ms, status, stderr, stdout } = await timed(command, args, { cwd: folder });
      // Linters end with 1 or more where they find something; to fail to run is another matter.
      if ((stdout === '' && stderr !== '') || (status !== 0 && ['node', 'version', 'ajv-cli'].includes(name)))
        throw new Error(`${name} ended with ${status}: ${stderr}${stdout}`);
      if (run > 0) times[name].push(ms);
    }
  }
  const bench = 'start';
  report({
    bench,
    what: 'drillbook --version',
    unit: 'ms',
    ours: times.version,
    beside: 'node -e 0',
    theirs: times.node,
    mostRatio: 1.5,
  });
  report({
    bench,
    what: `check, one file of ${lines} lines`,
    unit: 'ms',
    ours: times.check,
    beside: 'node -e 0',
    theirs: times.node,
    mostRatio: 4,
  });
  for (const name of ['yamllint', 'ajv-cli', 'cfn-lint']) {
    const what = `check beside ${name}, ${Math.round(statSync(file).size / 102.4) / 10} kB each`;
    if (times[name].length === 0) skipped(bench, what, `${name} could not be installed`);
    else report({ bench, what, unit: 'ms', ours: times.check, beside: name, theirs: times[name], mostRatio: 1 });
  }
}

/** A CloudFormation template of about so many bytes. */
function templateOf(bytes) {
  let text = 'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n';
  for (let index = 0; text.length < bytes; index++)
    text += `  Bucket${index}:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: bucket-${index}\n      VersioningConfiguration: { Status: Enabled }\n`;
  return text;
}
