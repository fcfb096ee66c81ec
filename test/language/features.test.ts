/** The features over one document: hover, symbols, folding, selection, tokens, hints, lenses, linked editing. */
import assert from 'node:assert/strict';
import { codeLenses } from '../../server/src/language/codeLens.ts';
import type { LiveResource, LiveView } from '../../server/src/language/context.ts';
import { documentSymbols } from '../../server/src/language/documentSymbols.ts';
import { foldingRanges } from '../../server/src/language/folding.ts';
import { hover } from '../../server/src/language/hover/hover.ts';
import { inlayHints } from '../../server/src/language/inlayHints.ts';
import { linkedEditingRanges } from '../../server/src/language/linkedEditing.ts';
import { selectionRange } from '../../server/src/language/selection.ts';
import { semanticTokens } from '../../server/src/language/semanticTokens.ts';
import { workspaceSymbols } from '../../server/src/language/workspaceSymbols.ts';
import { contextAt } from '../support/markedContext.ts';
import { TEST_NOW } from '../support/languageClient.ts';
import { RUNBOOK } from '../support/runbooks.ts';

const FILE = 'runbooks/orders.runbook.yaml';
const SEEN: LiveResource = {
  file: FILE,
  document: 0,
  path: ['resources', 'primary'],
  name: 'primary',
  kind: 'aws/rds-instance',
  id: 'orders-prod',
  observation: {
    state: 'found',
    at: '2026-11-22T11:58:00Z',
    account: '123456789012',
    region: 'eu-west-1',
    source: 'live',
    facts: {
      version: { value: '16.3' },
      engine: { value: 'postgres' },
      backupRetentionDays: {
        unknown: { reason: 'denied', detail: 'access was denied', permission: 'rds:DescribeDBInstances' },
      },
    },
  },
};
const LIVE: LiveView = {
  resourcesOf: () => [SEEN],
  all: () => [SEEN],
  stateOf: () => ({ drifted: 2, unchecked: 1, checkedAtMs: TEST_NOW - 120_000, busy: false }),
};

function hoverAt(mark: string, more: Parameters<typeof contextAt>[1] = {}): string {
  const at = RUNBOOK.indexOf(mark.replace('‸', ''));
  assert.ok(at >= 0, mark);
  const text = RUNBOOK.slice(0, at) + mark + RUNBOOK.slice(at + mark.length - 1);
  const { context, offset } = contextAt(text, { file: FILE, ...more });
  const found = hover(context, offset);
  return found && typeof found.contents === 'object' && 'value' in found.contents ? found.contents.value : '';
}

describe('hover', () => {
  it('tells what a key is', () => assert.match(hoverAt('rec‸overy: scripted'), /scripted/));
  it('tells of a value what it means, and not what all others do', () => {
    const kind = hoverAt('kind: aws/rds-inst‸ance');
    assert.match(kind, /^\*\*`aws\/rds-instance`\*\* · `id` is the instance's identifier\n/);
    assert.match(kind, /`expect` may hold `engine`, /);
    assert.doesNotMatch(kind, /aws\/s3-bucket|\|/);
    assert.equal(hoverAt('ki‸nd: aws/rds-instance').split('\n')[0], kind.split('\n')[0]);
    assert.match(hoverAt('tool: pg_du‸mp'), /^\*\*`pg_dump`\*\* · Logical PostgreSQL dump [^|]*$/);
    assert.match(hoverAt('recovery: scri‸pted'), /^\*\*`scripted`\*\* · people start scripts/);
  });
  it('tells what a merge key does, and of a name that people chose no key of ours', () => {
    const text =
      'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: a }\nresources:\n  p: &p { kind: aws/s3-bucket, id: x }\n  q: { ‸<<: *p, id: y }\n';
    const at = (marked: string): string => {
      const { context, offset } = contextAt(marked);
      const found = hover(context, offset);
      return found && typeof found.contents === 'object' && 'value' in found.contents ? found.contents.value : '';
    };
    assert.match(at(text), /Merge key/);
    assert.equal(at(text.replace('‸', '').replace('p: &p', '‸p: &p')), '**p** · kind: `aws/s3-bucket`, id: `x`');
  });
  it('tells what a duration means', () => assert.match(hoverAt('retention: 35‸d'), /35 days/));
  it('tells what money means', () => assert.match(hoverAt('cost: 500‸ USD'), /500 USD/));
  it('tells what a constraint means', () => assert.match(hoverAt('">=‸7"'), /at least 7/));
  it('tells a schedule in words with the next three runs and the time zone', () => {
    const text = hoverAt('"0 * *‸ * *"');
    assert.match(text, /every hour/i);
    assert.equal(text.split('\n').filter((line) => line.startsWith('- ')).length, 3);
    assert.match(text, /UTC/);
  });
  it('tells what the policy asks of a class', () =>
    assert.match(hoverAt('dataClass: customer‸-critical'), /rpo: `2h`/));
  it('tells what an expression means', () => assert.match(hoverAt('${{ vars.va‸ult }}'), /acme-backups-prod/));
  it('shows live facts with their age, and what is unknown with its reason', () => {
    const text = hoverAt('id: orders‸-prod', { live: LIVE });
    assert.match(text, /2 min ago/);
    assert.match(text, /version: `16\.3`/);
    assert.match(text, /backupRetentionDays: not checked: access was denied/);
  });
  it('shows the live value beside an expectation', () =>
    assert.match(hoverAt('version: "1‸5"\n      storage', { live: LIVE }), /Live: `16\.3`/));
  it('shows what a name of a resource stands for', () => assert.match(hoverAt('of: prim‸ary'), /orders-prod/));
  it('shows another runbook', () => assert.match(hoverAt('[identity‸-db]'), /Restore the identity database/));
  it('tells what is named: steps, accounts, databases, and what a declared name is', () => {
    assert.match(hoverAt('needs: [fet‸ch]'), /\*\*fetch\*\*[^]*timeout: `10m`[^]*aws s3 cp/);
    assert.match(hoverAt('- id: fet‸ch'), /timeout: `10m`/);
    assert.match(hoverAt('account: ba‸ckup'), /account `210987654321`/);
    assert.match(hoverAt('prim‸ary:'), /kind: `aws\/rds-instance`, id: `orders-prod`/);
    assert.match(hoverAt('prim‸ary:', { live: LIVE }), /There[^]*2 min ago/);
    const database = contextAt(
      'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: a }\nresources: { a: { kind: database/postgres, id: iden‸tity } }\n',
    );
    const said = JSON.stringify(hover(database.context, database.offset));
    assert.match(said, /engine: `postgres`/);
    assert.doesNotMatch(said, /password/);
  });
  it('tells what a URI in a text is, and what an alias stands for', () => {
    const head =
      'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: a }\nx-in: &in { bucket: vault }\nresources: { vault: { kind: aws/s3-bucket, id: acme-x } }\n';
    const said = (body: string): string => {
      const { context, offset } = contextAt(head + body);
      return JSON.stringify(hover(context, offset)?.contents ?? '');
    };
    assert.match(said('restore: { steps: [{ id: a, run: aws s3 ls s3://acm‸e-x/ }] }\n'), /\*\*vault\*\*/);
    assert.match(said('restore: { steps: [{ id: a, run: aws s3 ls s3://oth‸er/ }] }\n'), /`other` · no resource/);
    assert.match(said('backups: { a: { in: *i‸n } }\n'), /`&in` is `\{ bucket: vault \}`/);
  });
  it('says nothing in other tools’ documents', () => {
    const { context } = contextAt('services: { web: 1 }\n', { file: 'compose.yaml' });
    assert.equal(hover(context, 3), undefined);
  });
});

describe('structure', () => {
  const { context } = contextAt(RUNBOOK, { file: FILE });

  it('outlines a document by its own things', () => {
    const [document] = documentSymbols(context);
    assert.equal(document?.name, 'orders-db');
    const resources = document.children?.find((each) => each.name === 'resources');
    assert.deepEqual(
      resources?.children?.map((each) => each.name),
      ['primary', 'vault', 'writer', 'operator'],
    );
    const restore = document.children?.find((each) => each.name === 'restore');
    const steps = restore?.children?.find((each) => each.name === 'steps');
    assert.deepEqual(
      steps?.children?.map((each) => each.name),
      ['freeze', 'fetch', 'load'],
    );
  });

  it('keeps every selection range inside its range', () => {
    const visit = (symbols: readonly import('vscode-languageserver-types').DocumentSymbol[]): void => {
      for (const { range, selectionRange: inner, children, name } of symbols) {
        const before = (a: { line: number; character: number }, b: { line: number; character: number }): boolean =>
          a.line < b.line || (a.line === b.line && a.character <= b.character);
        assert.ok(before(range.start, inner.start) && before(inner.end, range.end), name);
        visit(children ?? []);
      }
    };
    visit(documentSymbols(context));
  });

  it('finds names over the workspace by their letters', () => {
    const names = workspaceSymbols(context.workspace, 'ordb', (file) => file).map((each) => each.name);
    assert.deepEqual(names, ['orders-db']);
    const [run] = workspaceSymbols(context.workspace, 'orders', (file) => file);
    assert.deepEqual([run?.name, run?.containerName], ['orders', 'orders-db']);
    const line = RUNBOOK.split('\n').indexOf('  orders:');
    assert.deepEqual(run?.location.range.start, { line, character: 2 });
    assert.ok(
      workspaceSymbols(context.workspace, '', (file) => file).some((each) => each.name === 'customer-critical'),
    );
  });

  it('selects the line of a text before all of its lines', () => {
    const text =
      'apiVersion: drillbook/v1\nkind: Runbook\nrestore:\n  steps:\n    - id: a\n      run: |\n        set -eu\n        pg_re‸store x\n';
    const { context, offset, text: clean } = contextAt(text);
    const starts = clean
      .split('\n')
      .map((_, line, lines) => lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0));
    const chosen: string[] = [];
    for (
      let each: ReturnType<typeof selectionRange> | undefined = selectionRange(context, offset);
      each;
      each = each.parent
    ) {
      const { start, end } = each.range;
      chosen.push(clean.slice((starts[start.line] ?? 0) + start.character, (starts[end.line] ?? 0) + end.character));
    }
    assert.deepEqual(chosen.slice(0, 3), ['pg_restore', 'pg_restore x', '        set -eu\n        pg_restore x']);
  });

  it('folds sections to their last line', () => {
    const line = RUNBOOK.split('\n').findIndex((each) => each.startsWith('resources:'));
    const range = foldingRanges(context).find((each) => each.startLine === line);
    assert.equal(
      RUNBOOK.split('\n')[range?.endLine ?? 0],
      '  operator: { kind: aws/iam-role, id: orders-restore, account: backup }',
    );
  });

  it('selects from the word outwards, each range inside the next', () => {
    const offset = RUNBOOK.indexOf('orders-prod') + 2;
    const texts: string[] = [];
    const lines = RUNBOOK.split('\n');
    for (
      let range: import('vscode-languageserver-types').SelectionRange | undefined = selectionRange(context, offset);
      range;
      range = range.parent
    ) {
      const { start, end } = range.range;
      texts.push(
        start.line === end.line
          ? (lines[start.line] ?? '').slice(start.character, end.character)
          : `${start.line}-${end.line}`,
      );
    }
    assert.equal(texts[0], 'orders-prod');
    assert.equal(texts[1], 'id: orders-prod');
    assert.ok(texts.length >= 5);
  });

  it('marks declared names, references and expressions, in order', () => {
    const tokens = semanticTokens(context);
    const lines = RUNBOOK.split('\n');
    const texts = tokens.map((token) => (lines[token.line] ?? '').slice(token.start, token.start + token.length));
    for (const wanted of ['orders-db', 'primary', 'vault', 'vars', 'customer-critical', 'identity-db'])
      assert.ok(texts.includes(wanted), wanted);
    for (let index = 1; index < tokens.length; index++) {
      const [one, other] = [tokens[index - 1]!, tokens[index]!];
      assert.ok(other.line > one.line || other.start >= one.start + one.length);
    }
  });

  it('links a resource’s name with its uses', () => {
    const found = linkedEditingRanges(context, RUNBOOK.indexOf('  vault:') + 4);
    assert.equal(found?.ranges.length, 2);
  });
});

describe('hints and lenses', () => {
  it('shows the live value, the schedule in words and the time of all steps against the RTO', () => {
    const { context } = contextAt(RUNBOOK, { file: FILE, live: LIVE });
    const labels = inlayHints(context, { start: 0, end: RUNBOOK.length }).map((hint) => JSON.stringify(hint.label));
    assert.ok(labels.includes(JSON.stringify('live: "16.3"')), labels.join());
    assert.ok(labels.some((label) => /every hour/i.test(label)));
    assert.ok(labels.includes('"at most 45m of 1h RTO"'), labels.join());
    assert.ok(!labels.includes('"live: postgres"'), 'what is as expected needs no hint');
  });

  it('says how many drifted and when that was looked up', () => {
    const { context } = contextAt(RUNBOOK, { file: FILE, live: LIVE });
    const titles = codeLenses(context).map((lens) => lens.command?.title);
    assert.ok(titles.includes('2 drifted · 1 unchecked · checked 2 min ago · re-check'), titles.join('\n'));
  });

  it('says how the last run went, at which level and in which time, and how old the backup was', () => {
    const { context } = contextAt(RUNBOOK, {
      file: FILE,
      evidence: {
        problems: [],
        entries: [
          {
            id: '1',
            runbook: 'orders-db',
            dryRun: 'orders',
            level: 3,
            result: 'passed',
            proves: 'backup',
            startedAt: '2026-11-20T12:00:00Z',
            finishedAt: '2026-11-20T12:22:00Z',
            elapsedMs: 22 * 60_000,
            backup: { id: 'x', time: '2026-11-20T11:20:00Z' },
          },
        ],
      },
    });
    const titles = codeLenses(context).map((lens) => lens.command?.title);
    assert.ok(
      titles.includes('Dry-run restore · level 3 · last passed 47 h ago at level 3, 22m of 1h RTO'),
      titles.join('\n'),
    );
    assert.ok(titles.includes('newest was 40 min old · RPO 2 h · seen 2 days ago'), titles.join('\n'));
  });

  it('shows no lens that is switched off', () => {
    const lenses = { dryRun: false, drift: false, backupAge: false, recoveryPlan: false };
    assert.deepEqual(codeLenses(contextAt(RUNBOOK, { file: FILE, lenses }).context), []);
  });
});
