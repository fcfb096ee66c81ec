/** What the schema is spared while a document is edited: it finds what it finds in a document that nothing is known of. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Known } from '../../../server/src/generated/validators.js';
import type { ParsedText } from '../../../server/src/core/document/node.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import { checkSchema } from '../../../server/src/core/schema/check.ts';
import { nothingKnown } from '../../../server/src/core/schema/known.ts';

const FOLDER = join(import.meta.dirname, '../../../examples');
const texts = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml') && !file.includes('node_modules'))
  .sort()
  .map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')] as const);

/** Checks text after text as edits of one file, with what is known and without. */
function editing(known: Known): (text: string) => void {
  let last: ParsedText | undefined;
  return (text) => {
    last = parse(text, last);
    for (const [index, document] of last.documents.entries())
      if (index === 0) assert.deepEqual(checkSchema(document, known), checkSchema(document), text);
  };
}

describe('the schema while a document is edited', () => {
  for (const [file, text] of texts)
    it(`finds in ${file}, each line broken and mended, what it finds anew`, () => {
      const edit = editing(nothingKnown());
      edit(text);
      const lines = text.split('\n');
      lines.forEach((line, at) => {
        for (const broken of [`${line}x`, line.replace(/: .*/u, ': [1]'), line.replace(/\w+:/u, 'zzz:')])
          edit(lines.with(at, broken).join('\n'));
        edit(text);
      });
    }).timeout(60_000);

  it('looks only into what changed', () => {
    const before = texts.find(([file]) => file.endsWith('orders-db.runbook.yaml'))?.[1] ?? '';
    const known = nothingKnown();
    const added: unknown[] = [];
    const edit = editing({
      has: (of, data) => known.has(of, data),
      add: (of, data) => {
        added.push(data);
        known.add(of, data);
      },
    });
    edit(before);
    assert.ok(added.length > 10, 'its sections, and what they hold');
    added.length = 0;
    edit(before.replace(/^recovery:.*$/mu, 'recovery: passive'));
    assert.deepEqual(added, []);
  });
});
