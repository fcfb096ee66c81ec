/** Every finding code that Drillbook can report, with its default severity and one line: `drillbook rules` and links read it. */
import { DRIFT_CODES } from './codes/drift.ts';
import { EVIDENCE_CODES } from './codes/evidence.ts';
import { REFERENCE_CODES } from './codes/reference.ts';
import { SCHEMA_CODES } from './codes/schema.ts';
import { UNCHECKED_CODES } from './codes/unchecked.ts';
import { POLICY_RULES } from './policy/table.ts';
import { PRACTICE_RULES } from './practice/table.ts';
import type { CatalogueRow } from './rule.ts';

/** The first half of a code. */
export const AREAS = ['syntax', 'schema', 'reference', 'policy', 'practice', 'drift', 'unchecked', 'evidence'] as const;
export type Area = (typeof AREAS)[number];

/** Every code, by area. Policy and practice codes come from their rules. */
export const CATALOGUE: readonly CatalogueRow[] = [
  ...SCHEMA_CODES,
  ...REFERENCE_CODES,
  ...[...POLICY_RULES, ...PRACTICE_RULES].map(({ id, severity, title }) => ({ code: id, severity, title })),
  ...DRIFT_CODES,
  ...UNCHECKED_CODES,
  ...EVIDENCE_CODES,
];

/** The row of a code. @throws RangeError that names the code and lists the known ones. */
export function catalogueRow(code: string): CatalogueRow {
  const found = CATALOGUE.find((row) => row.code === code);
  if (found) return found;
  throw new RangeError(
    `There is no finding "${code}"; the findings are ${CATALOGUE.map((row) => row.code).join(', ')}.`,
  );
}

/** The page that explains a code, from the project's root. */
export function helpPage(code: string): string {
  return `docs/rules/${code}.md`;
}
