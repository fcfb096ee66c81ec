/** Import of Markdown runbooks: what becomes a step, what becomes a resource, and that nothing is dropped. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { checkWorkspace } from '../../../server/src/app/checkWorkspace.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import { importMarkdown } from '../../../server/src/core/recovery/importMarkdown.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';
import { randomFrom } from '../../support/random.ts';

interface Imported {
  metadata: {
    name: string;
    title: string;
    description?: string;
    reviewedOn?: string;
    owners?: { name: string; contact?: string }[];
  };
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

const FIXTURES = new URL('../../fixtures/markdown/', import.meta.url);

function errorsOf(markdown: string): readonly string[] {
  const { text, name } = importMarkdown(markdown, { file: 'My Runbook (v2).md', today: '2026-11-22' });
  const workspace = buildWorkspace([{ file: `${name}.runbook.yaml`, parsed: parse(text) }]);
  return checkWorkspace(workspace, { now: Date.parse('2026-11-22'), evidence: { entries: [], problems: [] } })
    .filter((finding) => finding.severity === 'error')
    .map((finding) => `${finding.code}: ${finding.message}`);
}

/** Lines of `markdown` that are not in the runbook: markup (bullets, boxes, hashes, fences, prompts) is no loss. */
function droppedLines(markdown: string): readonly string[] {
  const { text } = importMarkdown(markdown, { file: 'docs/db.md', today: '2026-11-22' });
  const strings: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') strings.push(value);
    else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) collect(each);
  };
  collect(parseYaml(text));
  const plain = (each: string): string => each.replace(/\s+/gu, ' ').trim();
  const kept = plain([text, ...strings].join('\n').replace(/^\s*# ?/gmu, '\n'));
  const shells = /^(?:sh|bash|shell|zsh|console)$/iu;
  return markdown.split(/\r?\n/u).filter((line) => {
    const bare = plain(
      line
        .replace(/^\s*#{1,6}\s+/u, '')
        .replace(/\s+#+\s*$/u, '')
        .replace(/^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?/u, '')
        .replace(/^\s*(?:`{3,}|~{3,})/u, '')
        .replace(/^\s*#(?=!)/u, '')
        .replace(/^(?:[\w@.~:/-]*[$#]|>) /u, ''),
    );
    return !/^[-=*_ ]*$/u.test(bare) && !shells.test(bare) && !kept.includes(bare);
  });
}

describe('import of Markdown', () => {
  it('finds owners and the day of the review in lines, tables and front matter, and leaves them in the text', () => {
    const lines = imported(
      '# Ledger\n\n**Owner**: Ada <ada@acme.test>, Bob\nLast reviewed: 2026-01-05\n\n## Steps\n\nOwner: nobody, this is a step.\n',
    );
    assert.deepEqual(lines.metadata.owners, [{ name: 'Ada', contact: 'ada@acme.test' }, { name: 'Bob' }]);
    assert.equal(lines.metadata.reviewedOn, '2026-01-05');
    assert.match(lines.metadata.description ?? '', /Last reviewed: 2026-01-05/);
    const table = imported('# Ledger\n\n| Owner | @acme/ledger |\n|---|---|\n| Reviewed on | 2026-02-03 |\n');
    assert.deepEqual(table.metadata.owners, [{ name: '@acme/ledger', contact: '@acme/ledger' }]);
    assert.equal(table.metadata.reviewedOn, '2026-02-03');
    const front = imported('---\nowners: [Ada, Bob]\nlast_reviewed: 2026-03-04\n---\n# Ledger\n\nRun it.\n');
    assert.deepEqual(front.metadata.owners, [{ name: 'Ada' }, { name: 'Bob' }]);
    assert.equal(front.metadata.reviewedOn, '2026-03-04');
    assert.equal(imported('# Ledger\n\nReviewed 2026-99-99. Run it.\n').metadata.reviewedOn, undefined);
  });

  for (const file of readdirSync(FIXTURES)) {
    it(`finds every line of ${file} again in the runbook, which has no error`, () => {
      const markdown = readFileSync(new URL(file, FIXTURES), 'utf8');
      for (const each of [markdown, markdown.replaceAll('\n', '\r\n')]) {
        assert.deepEqual(droppedLines(each), []);
        assert.deepEqual(errorsOf(each), []);
      }
    });
  }

  it('finds every line again whatever blocks follow each other', () => {
    const random = randomFrom(20261122);
    for (let round = 0; round < 300; round++) {
      let count = 0;
      const word = (): string => `w${round}x${count++}`;
      const blocks: readonly (() => string)[] = [
        () => `${'#'.repeat(1 + random.below(6))} ${word()} ${word()}`,
        () => `${random.pick(['Rollback', 'Owners', 'Contact', 'Undo it'])} ${word()}\n---`,
        () => `## ${random.pick(['Rollback', 'Owners', 'Contacts', 'Undo'])} ${word()}`,
        () => `${word()} ${word()}:\n${word()}`,
        () => `${random.pick(['-', '*', '+', '1.', '7)', '- [ ]', '* [x]'])} ${word()} (${word()})\n  ${word()}`,
        () => `  - ${word()}\n    - ${word()} <${word()}@example.com> ${word()}`,
        () =>
          `\`\`\`${random.pick(['', 'sh', 'bash', 'sql', 'text', '{.sh}', `sh a="${word()}"`])}\n${word()}\n\n${word()}\n\`\`\``,
        () => `  ~~~ ${random.pick(['', 'shell', 'yaml'])}\n  aws ${word()}\n  ~~~`,
        () => `\`\`\`console\n$ ${word()} \\\n> ${word()}\n${word()}\n\`\`\``,
        () => `    ${word()}\n    aws ${word()}`,
        () => `> ${word()}\n> ${word()}`,
        () => `| ${word()} | ${word()} |\n|---|---|\n| ${word()} | ${word()} |`,
        () => `<b>${word()}</b>\n<!-- ${word()} -->`,
      ];
      const markdown = Array.from({ length: 1 + random.below(9) }, () => random.pick(blocks)()).join(
        random.pick(['\n', '\n\n']),
      );
      assert.deepEqual(droppedLines(markdown), [], markdown);
      assert.deepEqual(errorsOf(markdown), [], markdown);
    }
  });

  it('tells of expressions of another program, which check would not know', () => {
    const { notes } = importMarkdown('```yaml\nenv: ${{ secrets.TOKEN }}\n```\n', {
      file: 'ci.md',
      today: '2026-11-22',
    });
    assert.ok(
      notes.some((note) => note.includes('${{ secrets.TOKEN }}')),
      notes.join('\n'),
    );
  });

  it('keeps all that is said of an owner', () => {
    const { owners } = imported(
      '# X\n\n## Owners\n\n- Jo Smith <jo@example.com> (weekdays only)\n- Kim: #db\n',
    ).metadata;
    assert.deepEqual(owners, [
      { name: 'Jo Smith <jo@example.com> (weekdays only)', contact: 'jo@example.com' },
      { name: 'Kim', contact: '#db' },
    ]);
  });

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

  it('knows the prompts of hosts, and takes a hash beside them for a comment', () => {
    const run = (block: string): string | undefined => imported(`# T\n\n${block}\n`).restore.steps[0]?.run;
    assert.equal(
      run('```\n[ec2-user@bastion ~]$ aws s3 ls\n2026 x\n[ec2-user@bastion ~]$ echo ok\n```'),
      'aws s3 ls\n# 2026 x\necho ok',
    );
    assert.equal(run('```bash\nroot@db1:~# systemctl stop app\n```'), 'systemctl stop app');
    assert.equal(run('```bash\n# first look, then copy\n$ aws s3 ls\n```'), '# first look, then copy\naws s3 ls');
    assert.equal(run('```console\n# systemctl stop app\n```'), 'systemctl stop app');
    assert.equal(run('```bash\n# stop it\nsystemctl stop app\n```'), '# stop it\nsystemctl stop app');
    const far = `echo a${'\n'.repeat(100_000)}echo b`;
    assert.equal(run(`\`\`\`bash\n${far}\n\`\`\``), far);
  });

  it('knows what is indented below an item from code', () => {
    const { steps } = imported(
      '# T\n\n10. Stop:\n\n    ```sh\n    ./stop\n    ```\n\n    Wait a minute.\n\n11. Restore:\n\n        pg_restore -d x \\\n          a.dump\n\n    Then look.\n\n        ls\n          -la\n',
    ).restore;
    assert.deepEqual(
      steps.map(({ run, manual }) => run ?? `${manual ?? ''} (a person)`),
      [
        '# Stop:\n./stop',
        'Wait a minute. (a person)',
        '# Restore:\npg_restore -d x \\\n  a.dump',
        'Then look. (a person)',
        '```\nls\n  -la\n``` (a person)',
      ],
    );
  });

  it('takes a line across the page for none to follow, and a text without a step for one', () => {
    assert.deepEqual(
      imported('# T\n\n- one\n\n* * *\n\n- two\n\n---\n').restore.steps.map(({ manual }) => manual),
      ['one', 'two'],
    );
    const text = 'Call Ada.\n\nOwner: Ada';
    const { metadata, restore } = imported(`# T\n\n${text}\n`);
    assert.deepEqual([metadata.owners, metadata.description], [[{ name: 'Ada' }], undefined]);
    assert.deepEqual(restore.steps, [{ id: 'follow', manual: text }]);
    assert.ok(
      importMarkdown('# T\n', { file: 't.md', today: '2026-11-22' }).notes.includes(
        'No step was found: write under restore.steps what is done.',
      ),
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
      assert.deepEqual(errorsOf(markdown), [], JSON.stringify(markdown));
    }
  });

  it('takes a text without a shell block as manual steps', () => {
    const { restore } = imported('# Paper\n\n1. Open the safe.\n2. Read form 7.\n');
    assert.deepEqual(
      restore.steps.map((step) => step.manual),
      ['Open the safe.', 'Read form 7.'],
    );
  });

  it('keeps of an ARN where the thing lies', () => {
    const text = 'Assume `arn:aws:iam::111122223333:role/restore`, see arn:aws:rds:eu-west-1:111122223333:db:orders.';
    assert.deepEqual(Object.values(imported(`# Db\n\n1. ${text}\n`).resources ?? {}), [
      { kind: 'aws/iam-role', id: 'restore', account: '111122223333' },
      { kind: 'aws/rds-instance', id: 'orders', region: 'eu-west-1', account: '111122223333' },
    ]);
  });
});
