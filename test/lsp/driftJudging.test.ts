/** What was seen, judged on the text of the moment: taken over where nothing that counts has changed, and anew where it has. */
import assert from 'node:assert/strict';
import { driftRequests } from '../../server/src/app/detectDrift.ts';
import type { Observation } from '../../server/src/core/drift/observation.ts';
import { requestKey } from '../../server/src/core/drift/requests.ts';
import { findingSpan } from '../../server/src/core/findingSpan.ts';
import { judgeFile, type Judged, type Known } from '../../server/src/lsp/driftJudging.ts';
import { OpenDocument } from '../../server/src/lsp/openDocument.ts';
import { Root } from '../../server/src/lsp/root.ts';
import { TEST_NOW } from '../support/languageClient.ts';
import { RUNBOOK, WORKSPACE } from '../support/runbooks.ts';

const FILE = 'runbooks/orders.runbook.yaml';

const FACTS: Readonly<Record<string, unknown>> = {
  engine: 'postgres',
  version: '16.3',
  storageEncrypted: true,
  backupRetentionDays: 7,
};

/** A root with the runbook open, and an RDS instance of another version seen. */
function opened(text = RUNBOOK): {
  readonly root: Root;
  readonly known: Known;
  readonly type: (text: string) => void;
  readonly judge: (before?: Judged, now?: number) => Judged;
} {
  const root = new Root('/work space');
  for (const [file, each] of Object.entries(WORKSPACE)) root.setText(file, each);
  const document = new OpenDocument(`file:///work%20space/${FILE}`, 'drillbook', 1, text);
  root.open(FILE, document);
  const known: Known = { seen: new Map<string, Observation>(), revision: 1 };
  for (const request of driftRequests(root.workspace(), root.workspace().byFile(FILE))) {
    known.seen.set(requestKey(request), {
      state: 'found',
      at: '2026-11-22T11:58:00Z',
      source: 'live',
      facts: Object.fromEntries(request.facts.map((fact) => [fact, { value: FACTS[fact] ?? 'none' }])),
    });
  }
  return {
    root,
    known,
    type: (next) => {
      document.apply([{ text: next }], document.version + 1, 'utf-16');
      root.open(FILE, document);
    },
    judge: (before, now = TEST_NOW) => judgeFile(root, FILE, known, now, before),
  };
}

const codesOf = ({ findings }: Judged): readonly string[] => findings.map((each) => each.code);

describe('judging drift in the editor', () => {
  it('takes the findings over where names, comments and places changed', () => {
    const { type, judge } = opened();
    const before = judge();
    assert.ok(codesOf(before).includes('drift/version-major'));
    type(`# a line more\n${RUNBOOK.replace('name: orders-db', 'name: orders-database')}`);
    assert.equal(judge(before).findings, before.findings);
  });

  for (const [what, edit] of [
    ['an expectation', (text: string) => text.replace('version: "15"\n      storage', 'version: "16"\n      storage')],
    ['a resource', (text: string) => text.replace('  primary:\n', '  first:\n')],
    ['what is restored', (text: string) => text.replace('rto: 1h', 'rto: 2h')],
  ] as const) {
    it(`judges anew where ${what} changed`, () => {
      const { type, judge } = opened();
      const before = judge();
      assert.notEqual(edit(RUNBOOK), RUNBOOK);
      type(edit(RUNBOOK));
      assert.notEqual(judge(before).findings, before.findings);
    });
  }

  it('judges anew after an answer, after a minute, and after a change of the environment', () => {
    const { root, known, judge } = opened();
    const before = judge();
    assert.equal(judge(before, TEST_NOW + 59_000).findings, before.findings);
    assert.notEqual(judge(before, TEST_NOW + 61_000).findings, before.findings);
    known.revision++;
    const answered = judge(before);
    assert.notEqual(answered.findings, before.findings);
    root.setText(
      'production.environment.yaml',
      (WORKSPACE['production.environment.yaml'] ?? '').replace('name: production', 'name: elsewhere'),
    );
    assert.notEqual(judge(answered).findings, answered.findings);
  });

  const ignored = RUNBOOK.replace(
    /^( +)(version: "15"\n +storage)/mu,
    '$1# drillbook-ignore drift/missing until=2027-01-01 reason="gone soon"\n$1$2',
  );

  it('finds a comment that suppresses no drift, and keeps it in its place', () => {
    const { root, type, judge } = opened(ignored);
    const before = judge();
    const idle = before.findings.find((each) => each.code.includes('idle'));
    assert.ok(idle, codesOf(before).join());
    const lineOf = (finding: typeof idle): string => {
      const parsed = root.workspace().files.get(FILE);
      assert.ok(parsed);
      const { start } = findingSpan(parsed, finding);
      return parsed.text.slice(start, parsed.text.indexOf('\n', start));
    };
    assert.match(lineOf(idle), /drillbook-ignore/);
    type(`# a line more\n${ignored}`);
    const after = judge(before).findings.find((each) => each.code === idle.code);
    assert.ok(after);
    assert.match(lineOf(after), /drillbook-ignore/);
  });

  it('leaves it alone while something was not looked at', () => {
    const { known, judge } = opened(ignored);
    const [first] = [...known.seen.keys()].filter((key) => !key.includes('rds-instance'));
    assert.ok(first !== undefined);
    known.seen.delete(first);
    assert.ok(!codesOf(judge()).some((code) => code.includes('idle')));
  });
});
