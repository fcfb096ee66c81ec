/** Catalogue rows of syntax and schema findings. */
import type { CatalogueRow } from '../rule.ts';

export const SCHEMA_CODES: readonly CatalogueRow[] = [
  { code: 'syntax/yaml', severity: 'error', title: 'The text is not YAML 1.2.' },
  { code: 'syntax/duplicate-key', severity: 'error', title: 'A key stands twice in one map.' },
  { code: 'syntax/too-deep', severity: 'error', title: 'Nesting or aliases go deeper than can be read safely.' },
  { code: 'schema/unknown-key', severity: 'error', title: 'A key that the schema does not know.' },
  { code: 'schema/missing-key', severity: 'error', title: 'A key that the schema requires is missing.' },
  { code: 'schema/type', severity: 'error', title: 'A value of another type than the schema asks for.' },
  { code: 'schema/value', severity: 'error', title: 'A value that is not one of those allowed.' },
  {
    code: 'schema/format',
    severity: 'error',
    title: 'A text that is no duration, amount, constraint, cron line or name.',
  },
  {
    code: 'schema/suppression',
    severity: 'error',
    title: 'A drillbook-ignore comment that is malformed or names what it cannot suppress.',
  },
];
