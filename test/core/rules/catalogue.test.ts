/** The catalogue: every code that the sources can report has a row, once. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AREAS, CATALOGUE, catalogueRow } from '../../../server/src/core/rules/catalogue.ts';
import { UNKNOWN_REASONS } from '../../../server/src/core/drift/observation.ts';
import { RULES, ruleById } from '../../../server/src/core/rules/table.ts';

const SOURCE = join(import.meta.dirname, '..', '..', '..', 'server', 'src');
const codes = new Set(CATALOGUE.map((row) => row.code));

describe('catalogue of findings', () => {
  it('has every code once, in an area that there is', () => {
    assert.equal(
      codes.size,
      CATALOGUE.length,
      CATALOGUE.map((row) => row.code)
        .filter((code, index, all) => all.indexOf(code) !== index)
        .join(),
    );
    for (const code of codes)
      assert.ok(
        AREAS.some((area) => code.startsWith(`${area}/`)),
        code,
      );
  });

  it('has a row for every code that stands in the sources', () => {
    const written = new RegExp(`'((?:${AREAS.join('|')})/[a-z][a-z0-9-]+)'`, 'g');
    const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.startsWith('generated'),
    );
    const missing = files.flatMap((file) =>
      [...readFileSync(join(SOURCE, file), 'utf8').matchAll(written)]
        .map((match) => match[1] ?? '')
        .filter((code) => !codes.has(code))
        .map((code) => `${file}: ${code}`),
    );
    assert.deepEqual(missing, []);
  });

  it('has a row for every rule and for every reason why something is unchecked', () => {
    assert.deepEqual(
      RULES.map((rule) => rule.id).filter((id) => !codes.has(id)),
      [],
    );
    assert.deepEqual(
      UNKNOWN_REASONS.filter((reason) => !codes.has(`unchecked/${reason}`)),
      [],
    );
  });

  it('has the same severity and title for a rule as the rule itself', () => {
    for (const rule of RULES) {
      const { severity, title } = catalogueRow(rule.id);
      assert.deepEqual({ severity, title }, { severity: rule.severity, title: rule.title }, rule.id);
    }
  });

  it('refuses unknown codes and rules, and lists the known ones', () => {
    assert.throws(() => catalogueRow('drift/none'), /drift\/none.*drift\/missing/s);
    assert.throws(() => ruleById('none/such'), /none\/such.*reference\/cycle/s);
  });
});
