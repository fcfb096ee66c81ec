/** What was seen, judged on the text of the moment: taken over where nothing that counts has changed, and anew where it has. */
import assert from 'node:assert/strict';
import { driftRequests } from '../../server/src/app/detectDrift.ts';
import type { Observation } from '../../server/src/core/drift/observation.ts';
import { requestKey } from '../../server/src/core/drift/requests.ts';
import { findingSpan } from '../../server/src/core/findingSpan.ts';
import { judgeFile, type Judged } from '../../server/src/lsp/driftJudging.ts';
import type { Known } from '../../server/src/lsp/driftSeen.ts';
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
  const known: Known = { seen: new Map<string, Observation>(), asked: new Map(), revision: 1 };
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

  it('says after every edit and answer what it would say of that text by itself', () => {
    const root = opened();
    const lines = RUNBOOK.split('\n');
    let before = root.judge();
    const asks = new Set<string>();
    const check = (what: string): void => {
      const anew = root.judge();
      before = root.judge(before);
      assert.deepEqual(before.findings, anew.findings, what);
      assert.deepEqual(before.requests, anew.requests, what);
      assert.deepEqual(before.resources, anew.resources, what);
      for (const each of anew.requests) asks.add(each.kind);
    };
    const keys = [...root.known.seen.keys()];
    for (const [index, line] of lines.entries()) {
      root.type(lines.filter((_each, at) => at !== index).join('\n'));
      check(`without ${line}`);
      const key = keys[index % keys.length] ?? '';
      const seen = root.known.seen.get(key);
      assert.ok(seen);
      const changed = { at: '2026-11-22T11:59:00Z', source: 'live' };
      root.known.seen.set(
        key,
        index % 3 === 0
          ? { ...changed, state: 'absent' }
          : { ...changed, state: 'unknown', unknown: { reason: 'timeout', detail: 'it took too long' } },
      );
      root.known.revision++;
      check(`${key} gone, without ${line}`);
      root.known.seen.set(key, seen);
      root.known.revision++;
      root.type(line.includes(':') ? RUNBOOK.replace(line, `${line}x`) : RUNBOOK);
      check(`more of ${line}`);
    }
    assert.ok(asks.size > 1, [...asks].join());
  });

  describe('of many resources', () => {
    const COUNT = 250;
    const many = (edit: (line: string, index: number) => string = (line) => line, rest = ''): string =>
      `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: many }\nresources:\n${Array.from(
        { length: COUNT },
        (_each, index) =>
          edit(
            `  r${index}: { kind: aws/rds-instance, id: db-${index}, expect: { engine: postgres, version: "15" } }`,
            index,
          ),
      ).join('\n')}\n${rest}`;
    const whole = ({ judge }: ReturnType<typeof opened>, before?: Judged, now?: number): Judged => {
      let judged = judge(before, now);
      while (judged.unfinished) judged = judge(judged, now);
      return judged;
    };
    const see = (known: Known, versionOf: (key: string) => string, at: string): void => {
      for (const [key, seen] of known.seen) {
        assert.equal(seen.state, 'found');
        const same = seen.facts['version'];
        const version = { value: versionOf(key) };
        known.seen.set(key, {
          ...seen,
          at,
          facts: { ...seen.facts, version: same && 'value' in same && same.value === version.value ? same : version },
        });
      }
      known.revision++;
    };
    const isDb = (number: number) => (key: string) => (key.includes(`"db-${number}"`) ? '16.3' : '15.4');

    it('judges them some at a time, and none again whose answer says the same', () => {
      const root = opened(many());
      see(root.known, isDb(7), '2026-11-22T11:58:00Z');
      const first = root.judge();
      assert.ok(first.unfinished);
      assert.equal(first.complete, false);
      const all = whole(root, first);
      assert.deepEqual(codesOf(all), ['drift/version-major']);
      see(root.known, isDb(7), '2026-11-22T11:59:00Z');
      const again = root.judge(all);
      assert.equal(again.unfinished, false);
      assert.equal(again.runbooks[0]?.judged, 1, 'the one with a finding, which says when it was seen');
      assert.equal(again.findings[0]?.observedAt, '2026-11-22T11:59:00Z');
      assert.ok(again.resources.every((each) => each.observation.at === '2026-11-22T11:59:00Z'));
      assert.equal(again.requests, all.requests);
      see(root.known, isDb(9), '2026-11-22T11:59:30Z');
      const other = root.judge(again);
      assert.equal(other.runbooks[0]?.judged, 2);
      assert.deepEqual(
        other.findings.map((each) => each.path[1]),
        ['r9'],
      );
    });

    it('judges after an edit what the edit touches', () => {
      const root = opened(many());
      see(root.known, isDb(7), '2026-11-22T11:58:00Z');
      const all = whole(root);
      root.type(many((line, index) => (index === 7 ? line.replace('"15"', '"16"') : line)));
      const mended = root.judge(all);
      assert.deepEqual(codesOf(mended), []);
      assert.equal(mended.runbooks[0]?.judged, 1);
      root.type(many((line) => line, 'restore: { steps: [{ name: a, run: "pg_restore x" }] }\n'));
      const typed = root.judge(mended);
      assert.deepEqual(codesOf(typed), ['drift/version-major']);
      assert.equal(typed.runbooks[0]?.judged, 1, 'no step text counts for these');
    });

    it('judges what only steps name once, and after an edit only what stands in the text that it touches', () => {
      const steps = (edit = ''): string =>
        `restore:\n  rto: 1h\n  steps:\n${Array.from(
          { length: COUNT },
          (_each, index) => `    - { id: s${index}, run: "${index === 3 ? edit : ''}aws s3 ls s3://bucket-${index}/" }`,
        ).join('\n')}\n`;
      const head = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: many }\n';
      const root = opened(head + steps());
      const all = whole(root);
      assert.equal(all.resources.length, COUNT);
      root.type(head + steps().replace('rto: 1h', 'rto: 2h'));
      const elsewhere = root.judge(all);
      assert.equal(elsewhere.unfinished, false);
      assert.equal(elsewhere.runbooks[0]?.judged, 0, 'an edit elsewhere');
      root.type(head + steps('time ').replace('rto: 1h', 'rto: 2h'));
      const moved = root.judge(elsewhere);
      assert.equal(moved.unfinished, false);
      assert.equal(moved.runbooks[0]?.judged, 1, 'the one whose text was typed in');
    });

    it('judges all anew, a part at a time, where the policy gives it another weight', () => {
      const root = opened(many());
      see(root.known, isDb(7), '2026-11-22T11:58:00Z');
      const all = whole(root);
      assert.equal(all.findings[0]?.severity, 'error');
      root.root.setText(
        'all.policy.yaml',
        'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: all }\nappliesTo: ["runbooks/**"]\nseverity: { drift/version-major: warning }\n',
      );
      assert.deepEqual(
        whole(root, all).findings.map((each) => each.severity),
        ['warning'],
      );
    });
  });
});
