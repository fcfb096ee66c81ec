/** Import of Markdown runbooks: what becomes a step, what becomes a resource, and that nothing is dropped. */
import assert from 'node:assert/strict';
import { parse as parseYaml } from 'yaml';
import { checkWorkspace } from '../../../server/src/app/checkWorkspace.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import { importMarkdown } from '../../../server/src/core/recovery/importMarkdown.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';

interface Imported {
  metadata: { name: string; title: string; description?: string; owners?: { name: string; contact?: string }[] };
  restore: { rpo?: string; rto?: string; steps: { id: string; run?: string; manual?: string; rollback?: string }[] };
  resources?: Record<string, { kind: string; id: string }>;
}
const imported = (markdown: string): Imported =>
  parseYaml(importMarkdown(markdown, { file: 'docs/db.md', today: '2026-11-22' }).text) as Imported;

const RUNBOOK = `---
title: Restore billing
severity: sev1
---
# Billing recovery

This covers *billing-prod*.

RPO: 2 hours, RTO: 30 min.

## Owners

- Ada Lovelace <ada@example.com>
- Payments: #payments-oncall

## Restore

- [ ] Tell the channel
  - ask whoever is there
1. Download the newest dump:

   \`\`\`bash
   aws s3 cp s3://acme-billing/nightly/billing.dump .
   \`\`\`

\`\`\`console
$ createdb billing_new
$ pg_restore -d billing_new \\
>   billing.dump
pg_restore: done
\`\`\`

Check that it works:

\`\`\`sql
select count(*) from invoices;
\`\`\`

| table | rows |
|---|---|
| invoices | 1000 |

> Never do this on a Friday.

## Rollback

\`\`\`sh
dropdb billing_new
\`\`\`

Last words
==========
The end.
`;

describe('import of Markdown', () => {
  it('makes steps of shell blocks and checklists, in order', () => {
    const { restore } = imported(RUNBOOK);
    assert.deepEqual(
      restore.steps.map((step) => (step.run === undefined ? 'manual' : 'run')),
      ['manual', 'run', 'run', 'manual', 'manual', 'manual'],
    );
    assert.equal(restore.steps[0]?.manual, 'Tell the channel\n- ask whoever is there');
    assert.match(restore.steps[1]?.run ?? '', /^# Download the newest dump:\naws s3 cp/u);
  });

  it('takes prompts from sessions and keeps what they printed as comments', () => {
    assert.equal(
      imported(RUNBOOK).restore.steps[2]?.run,
      'createdb billing_new\npg_restore -d billing_new \\\n  billing.dump\n# pg_restore: done',
    );
  });

  it('puts a rollback section with the step that it takes back, never in line with the others', () => {
    const { steps } = imported(RUNBOOK).restore;
    assert.match(steps[2]?.rollback ?? '', /dropdb billing_new$/u);
    assert.ok(steps.every((step) => step.run?.includes('dropdb') !== true));
  });

  it('finds title, owners, objectives and references', () => {
    const { metadata, restore, resources } = imported(RUNBOOK);
    assert.equal(metadata.title, 'Restore billing');
    assert.deepEqual(metadata.owners, [
      { name: 'Ada Lovelace', contact: 'ada@example.com' },
      { name: 'Payments', contact: '#payments-oncall' },
    ]);
    assert.deepEqual([restore.rpo, restore.rto], ['2h', '30m']);
    assert.deepEqual(Object.values(resources ?? {}), [{ kind: 'aws/s3-bucket', id: 'acme-billing' }]);
  });

  it('drops no word', () => {
    const { text } = importMarkdown(RUNBOOK, { file: 'docs/db.md', today: '2026-11-22' });
    const words = (from: string): string[] => from.match(/[\p{L}\p{N}_/.-]{2,}/gu) ?? [];
    const kept = new Set(words(text.replaceAll('\\n', ' ')).flatMap((word) => [word, word.replace(/[.]+$/u, '')]));
    const markup = /^(?:-+|1\.|bash|console|sh|title|={2,}|Owners)$/u;
    const dropped = words(RUNBOOK).filter(
      (word) => !kept.has(word) && !kept.has(word.replace(/[.]+$/u, '')) && !markup.test(word),
    );
    assert.deepEqual(dropped, []);
  });

  it('gives a runbook that has no error', () => {
    for (const markdown of [
      RUNBOOK,
      '',
      '# Only a title',
      'just text',
      '```sh\nls\n',
      '- a\n- a\n- a\n',
      '# ünïcode ✓\n\n```\n$ psql\n```\n',
    ]) {
      const { text, name } = importMarkdown(markdown, { file: 'My Runbook (v2).md', today: '2026-11-22' });
      const workspace = buildWorkspace([{ file: `${name}.runbook.yaml`, parsed: parse(text) }]);
      const errors = checkWorkspace(workspace, {
        now: Date.parse('2026-11-22'),
        evidence: { entries: [], problems: [] },
      }).filter((finding) => finding.severity === 'error');
      assert.deepEqual(
        errors.map((finding) => `${finding.code}: ${finding.message}`),
        [],
        JSON.stringify(markdown),
      );
    }
  });

  it('takes a text without a shell block as manual steps', () => {
    const { restore } = imported('# Paper\n\n1. Open the safe.\n2. Read form 7.\n');
    assert.deepEqual(
      restore.steps.map((step) => step.manual),
      ['Open the safe.', 'Read form 7.'],
    );
  });
});
