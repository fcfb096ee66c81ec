/** Every reader has a page that names every permission it can need. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { KINDS } from '../../server/src/core/drift/kinds/table.ts';
import { OPERATIONS } from '../../server/src/live/aws/operations.ts';
import { AWS_READERS } from '../../server/src/live/aws/readers/table.ts';
import { DATABASE_ENGINES } from '../../server/src/live/database/table.ts';

const pageOf = (kind: string): string =>
  readFileSync(new URL(`../../docs/readers/${kind.replace('/', '-')}.md`, import.meta.url), 'utf8');

describe('pages of readers', () => {
  it('are there for every kind that is judged, and every kind that is judged has a reader', () => {
    const read = [...AWS_READERS, ...DATABASE_ENGINES].map((reader) => reader.kind).sort();
    assert.deepEqual(read, KINDS.map((kind) => kind.id).sort());
    for (const kind of KINDS) assert.ok(pageOf(kind.id).startsWith(`# ${kind.id}\n`), kind.id);
  });

  it('name every call that is planned, with its permission', () => {
    for (const reader of AWS_READERS) {
      const request = {
        kind: reader.kind,
        id: 'x',
        facts: [
          'versioning',
          'objectLock',
          'encryption',
          'publicAccess',
          'lifecycle',
          'replicatesTo',
          'policies',
          'points',
          'rotation',
          'pitr',
          'ttl',
          'tags',
        ],
        environment: 'production',
      };
      for (const { operation } of [...reader.plan([request]), ...reader.plan([request, request])]) {
        assert.ok(pageOf(reader.kind).includes(`\`${OPERATIONS[operation]}\``), `${reader.kind}: ${operation}`);
      }
    }
  });

  it('leave no permission of the list unnamed', () => {
    const all = AWS_READERS.map((reader) => pageOf(reader.kind)).join('\n');
    // ListTables serves the inventory, which is no reader of a kind.
    for (const action of Object.values(OPERATIONS))
      if (action !== 'dynamodb:ListTables') assert.ok(all.includes(`\`${action}\``), action);
  });
});
