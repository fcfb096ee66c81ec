/** Every format, held to its published schema or read by an independent reader, with what is worst to print. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { formatGithub } from '../../server/src/cli/format/github.ts';
import { formatGitlab } from '../../server/src/cli/format/gitlab.ts';
import { formatJson } from '../../server/src/cli/format/json.ts';
import { formatJunit } from '../../server/src/cli/format/junit.ts';
import { COMMENT_MARK, formatMarkdown } from '../../server/src/cli/format/markdown.ts';
import { formatSarif } from '../../server/src/cli/format/sarif.ts';
import { FORMATS } from '../../server/src/cli/format/table.ts';
import { FORMAT_NAMES } from '../../server/src/cli/format/names.ts';
import { formatText } from '../../server/src/cli/format/text.ts';
import type { FormatContext, Report, ReportFinding } from '../../server/src/cli/format/report.ts';
import { PROJECT } from '../support/program.ts';

const NASTY =
  'a <b> & "c" \'d\' | `e` %0A ::error:: @everyone ]]> \u0000\u001b[31m\nsecond line, \ud800 – 日本 [x](javascript:alert(1))';
const at = (line: number, from: number, to: number): ReportFinding['range'] => ({
  start: { line, character: from },
  end: { line, character: to },
});

function finding(parts: Partial<ReportFinding> = {}): ReportFinding {
  return {
    code: 'drift/version-major',
    severity: 'error',
    message: 'orders-prod runs postgres 16.3; the runbook expects 15.',
    file: 'runbooks/orders, 1:x.runbook.yaml',
    range: at(1, 11, 15),
    path: ['resources', 'primary', 'expect', 'version'],
    document: 0,
    help: 'docs/rules/drift/version-major.md',
    fingerprint: '0123456789abcdef0123456789abcdef',
    ...parts,
  };
}

const FINDINGS: readonly ReportFinding[] = [
  finding({
    resource: { kind: 'aws/rds-instance', id: 'orders-prod' },
    expected: '15',
    actual: '16.3',
    observedAt: '2026-11-22T10:00:01.000Z',
  }),
  finding({
    code: 'policy/x',
    severity: 'warning',
    message: NASTY,
    related: [{ file: 'a.yaml', range: at(0, 0, 1), message: NASTY }],
  }),
  finding({
    code: 'practice/y',
    severity: 'information',
    range: { start: { line: 0, character: 0 }, end: { line: 2, character: 1 } },
  }),
  finding({ code: 'unchecked/denied', severity: 'warning', file: 'b.yaml', path: [] }),
];

function report(findings: readonly ReportFinding[] = FINDINGS): Report {
  const count = (severity: string): number =>
    findings.filter((each) => each.severity === severity && !each.code.startsWith('unchecked/')).length;
  return {
    version: 1,
    tool: { name: 'drillbook', version: '0.1.0' },
    startedAt: '2026-11-22T10:00:00.000Z',
    durationMs: 812,
    files: 3,
    documents: 4,
    summary: {
      error: count('error'),
      warning: count('warning'),
      information: count('information'),
      unchecked: findings.filter((each) => each.code.startsWith('unchecked/')).length,
      factsCompared: 41,
    },
    calls: { 'aws:s3:ListBuckets': 1 },
    findings,
  };
}

const context: FormatContext = {
  color: false,
  columns: 100,
  now: Date.parse('2026-11-22T10:02:00Z'),
  linesOf: () => ['apiVersion: drillbook/v1', '  version: "15"', 'x'],
  shownPath: (file) => file,
  suppressed: [{ ...finding(), suppressedBy: 'comment', reason: 'upgrade on Thursday', until: '2026-12-01' }],
  rules: [{ code: 'drift/version-major', severity: 'error', title: 'Another major version runs.' }],
  files: ['runbooks/orders, 1:x.runbook.yaml', 'b.yaml', 'clean.yaml'],
  helpBase: 'https://example.com/blob/main',
  homepage: 'https://example.com',
  command: 'drift',
  resources: 9,
};

const load = (...path: string[]): object => JSON.parse(readFileSync(join(PROJECT, ...path), 'utf8')) as object;
function hold(validate: ValidateFunction, text: string): void {
  assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors, undefined, 1));
}

describe('formats of findings', () => {
  it('has a formatter for every name', () => {
    assert.deepEqual(Object.keys(FORMATS).sort(), [...FORMAT_NAMES].sort());
    for (const format of Object.values(FORMATS))
      for (const each of [report(), report([])]) assert.equal(typeof format(each, context), 'string');
  });

  it('json: is held to schemas/output.schema.json', () => {
    const validate = new Ajv2020({ strict: false }).compile(load('schemas/output.schema.json'));
    hold(validate, formatJson(report()));
    hold(validate, formatJson(report([])));
    assert.equal(validate({ ...report(), version: 2 }), false, 'the schema refuses something');
  });

  it('sarif: is held to the schema of OASIS, counts from 1, and carries fingerprints and suppressions', () => {
    const ajv = new Ajv({
      strict: false,
      logger: false,
      validateSchema: false,
      validateFormats: false,
      unicodeRegExp: false,
    });
    const {
      $schema: _draft,
      id: _id,
      ...schema
    } = load('test/fixtures/formats/sarif-2.1.0.json') as {
      $schema: string;
      id: string;
    };
    hold(ajv.compile(schema), formatSarif(report(), context));
    const log = JSON.parse(formatSarif(report(), context)) as {
      runs: { results: Record<string, never>[]; tool: { driver: { rules: { id: string }[] } } }[];
    };
    const results = log.runs[0]?.results as unknown as {
      ruleId: string;
      ruleIndex: number;
      kind?: string;
      level: string;
      locations: { physicalLocation: { region: object; artifactLocation: { uri: string } } }[];
      partialFingerprints: object;
      suppressions?: { justification: string }[];
    }[];
    assert.deepEqual(results[0]!.locations[0]?.physicalLocation.region, {
      startLine: 2,
      startColumn: 12,
      endLine: 2,
      endColumn: 16,
    });
    assert.equal(
      results[0]!.locations[0].physicalLocation.artifactLocation.uri,
      'runbooks/orders%2C%201%3Ax.runbook.yaml',
    );
    assert.deepEqual(results[0]!.partialFingerprints, { 'drillbook/v1': '0123456789abcdef0123456789abcdef' });
    assert.equal(results[3]?.kind, 'open');
    assert.match(results[4]?.suppressions?.[0]?.justification ?? '', /upgrade on Thursday/);
    for (const result of results) assert.equal(log.runs[0]?.tool.driver.rules[result.ruleIndex]?.id, result.ruleId);
  });

  it('junit: is well-formed for another reader, and what was not checked is skipped', () => {
    const script = [
      'import sys, xml.dom.minidom, json',
      'd = xml.dom.minidom.parseString(sys.stdin.buffer.read())',
      'r = d.documentElement',
      'cases = r.getElementsByTagName("testcase")',
      'f = r.getElementsByTagName("failure")',
      'print(json.dumps({"tests": int(r.getAttribute("tests")), "cases": len(cases), "failures": int(r.getAttribute("failures")), "failed": len(f), "skipped": len(r.getElementsByTagName("skipped")), "message": f[1].getAttribute("message")}))',
    ].join('\n');
    const read = spawnSync('python3', ['-c', script], { input: formatJunit(report(), context), encoding: 'utf8' });
    assert.equal(read.status, 0, read.stderr || 'this test reads XML with python3: install it');
    const seen = JSON.parse(read.stdout) as { message: string };
    assert.deepEqual({ ...seen, message: '' }, { tests: 5, cases: 5, failures: 3, failed: 3, skipped: 1, message: '' });
    assert.match(seen.message, /^a <b> & "c" 'd' \| `e`/);
    assert.match(seen.message, /\nsecond line/);
  });

  it('github: a finding a line, nothing of a message escapes it', () => {
    const lines = formatGithub(report(), context).trimEnd().split('\n');
    assert.equal(lines.length, FINDINGS.length);
    assert.equal(
      lines[0],
      '::error file=runbooks/orders%2C 1%3Ax.runbook.yaml,line=2,endLine=2,col=12,endColumn=16,title=drift/version-major::orders-prod runs postgres 16.3; the runbook expects 15.',
    );
    assert.match(lines[1] ?? '', /^::warning .*::a <b> .* %250A ::error:: .*%0Asecond line/);
    assert.match(lines[2] ?? '', /^::notice file=[^,]+,line=1,endLine=3,title=/, 'no columns over several lines');
  });

  it('gitlab: the fields that it reads, and fingerprints of its own', () => {
    const issues = JSON.parse(formatGitlab(report(), context)) as Record<string, unknown>[];
    for (const issue of issues) {
      for (const key of ['description', 'check_name', 'fingerprint', 'severity', 'location'])
        assert.ok(issue[key], key);
      assert.ok(['info', 'minor', 'major', 'critical', 'blocker'].includes(String(issue['severity'])));
    }
    assert.deepEqual(issues[0]?.['location'], {
      path: 'runbooks/orders, 1:x.runbook.yaml',
      lines: { begin: 2, end: 2 },
    });
  });

  it('markdown: a mark to find it by, one row a finding, and no markup from a message', () => {
    const text = formatMarkdown(report(), context);
    assert.ok(text.startsWith(COMMENT_MARK));
    const rows = text.split('\n').filter((line) => /^\| (❌|⚠️|ℹ️|❔)/u.test(line));
    assert.equal(rows.length, FINDINGS.length);
    for (const row of rows) assert.equal(row.match(/(?<!\\)\|/g)?.length, 5, row);
    assert.ok(!text.includes('<b>') && !text.includes('[x](javascript') && !text.includes('@everyone'));
    const linked = formatMarkdown(
      report([finding({ message: 'see https://evil.example and WWW.evil.example' })]),
      context,
    );
    assert.ok(linked.includes('https&#58;//evil') && linked.includes('WWW&#46;evil'), linked);
    assert.match(text, /<details><summary>1 not checked<\/summary>/);
    const long = formatMarkdown(
      report(Array.from({ length: 2000 }, () => finding({ message: 'x'.repeat(500) }))),
      context,
    );
    assert.ok(long.length < 65_536);
    assert.match(formatMarkdown(report([]), context), /nothing found/);
  });

  it('text: no control character of a document reaches the terminal', () => {
    const text = formatText(report(FINDINGS.slice(1, 2)), {
      ...context,
      linesOf: () => ['a', 'b \u001b[31mred\u0007'],
    });
    assert.ok(!text.includes('\u001b') && !text.includes('\u0007') && !text.includes('\u0000'));
  });

  it('text: the line, what is wrong of it, its live value and age; and nothing where nothing is', () => {
    const text = formatText(report(FINDINGS.slice(0, 1)), context);
    assert.match(text, /✖ error {2}drift\/version-major {2}runbooks\/orders, 1:x\.runbook\.yaml:2:12/);
    assert.match(text, / {4}2 │ {3}version: "15"\n {6}│ {12}~~~~ live: 16\.3, seen 1 min 59 s ago/);
    assert.match(
      text,
      /1 error in 4 documents in 3 files, 1 accepted\.\nCompared 41 facts of 9 resources with 1 live call in 812 ms\./,
    );
    assert.match(
      formatText(report([]), { ...context, command: 'check' }),
      /^✔ Nothing found in 4 documents in 3 files/,
    );
    for (const line of formatText(report(), { ...context, columns: 60 }).split('\n')) {
      if (line.includes('│')) assert.ok(line.length < 110, line);
    }
  });
});
