/** Live values beside expected ones, inside maps too. */
import assert from 'node:assert/strict';
import { inlayHints } from '../../server/src/language/inlayHints.ts';
import type { LiveResource } from '../../server/src/language/context.ts';
import { contextAt } from '../support/markedContext.ts';
import { TEST_NOW } from '../support/languageClient.ts';

/** The text with each hint where it would be shown, behind `«`. */
function shown(expect: string, facts: Readonly<Record<string, unknown>>): string {
  const head =
    'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: a }\nresources:\n  vault:\n    kind: aws/s3-bucket\n    id: b\n';
  const seen: LiveResource = {
    name: 'vault',
    kind: 'aws/s3-bucket',
    id: 'b',
    file: 'runbooks/test.runbook.yaml',
    document: 0,
    path: ['resources', 'vault'],
    observation: {
      state: 'found',
      at: new Date(TEST_NOW).toISOString(),
      source: 'live',
      facts: Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, { value }])),
    },
  };
  const { context, text } = contextAt(`${head}${expect}`, {
    live: { resourcesOf: () => [seen], all: () => [seen], stateOf: () => undefined },
  });
  const lines = text.split('\n');
  const hints = inlayHints(context, { start: 0, end: text.length });
  for (const { position, label } of [...hints].sort((a, b) => b.position.character - a.position.character)) {
    const line = lines[position.line] ?? '';
    lines[position.line] =
      `${line.slice(0, position.character)}«${JSON.stringify(label).slice(1, -1)}»${line.slice(position.character)}`;
  }
  return lines.slice(head.split('\n').length - 1).join('\n');
}

describe('live values beside expected ones', () => {
  it('stand inside a map in braces', () => {
    assert.equal(
      shown('    expect: { objectLock: { mode: compliance, retentionDays: ">=35" }, versioning: enabled }', {
        objectLock: { mode: 'governance', retentionDays: 35 },
        versioning: 'enabled',
      }),
      '    expect: { objectLock: { mode: compliance«live: governance», retentionDays: ">=35"«live: 35» }, versioning: enabled }',
    );
  });

  it('stand inside a block map', () => {
    assert.equal(
      shown('    expect:\n      objectLock:\n        mode: compliance\n        retentionDays: 35\n', {
        objectLock: { mode: 'compliance', retentionDays: 7 },
      }),
      '    expect:\n      objectLock:\n        mode: compliance\n        retentionDays: 35«live: 7»\n',
    );
  });

  it('stand beside the whole map where the live one is none', () => {
    assert.equal(
      shown('    expect:\n      objectLock:\n        mode: compliance\n', { objectLock: 'none' }),
      '    expect:\n      objectLock:«live: none»\n        mode: compliance\n',
    );
    assert.equal(
      shown('    expect: { objectLock: { mode: compliance } }', { objectLock: 'none' }),
      '    expect: { objectLock: { mode: compliance }«live: none» }',
    );
  });

  it('are not shown where they are the same, or stand elsewhere by an alias', () => {
    assert.equal(shown('    expect: { objectLock: none }', { objectLock: 'none' }), '    expect: { objectLock: none }');
    const aliased = 'x-lock: &lock { mode: compliance }\n';
    assert.equal(
      shown(`    expect: { objectLock: *lock }\n${aliased}`, { objectLock: { mode: 'governance' } }),
      `    expect: { objectLock: *lock }\n${aliased}`,
    );
  });
});
