/** Catalogue rows of evidence findings: what past runs say, or fail to. */
import type { CatalogueRow } from '../rule.ts';

export const EVIDENCE_CODES: readonly CatalogueRow[] = [
  { code: 'evidence/overdue', severity: 'warning', title: 'A layer of verification is overdue.' },
  { code: 'evidence/due-soon', severity: 'information', title: 'A layer of verification is due soon.' },
  { code: 'evidence/needs-verify', severity: 'warning', title: 'What was proven has changed since.' },
  { code: 'evidence/failed', severity: 'error', title: 'The last run failed.' },
  { code: 'evidence/tampered', severity: 'error', title: 'The evidence has been changed after it was written.' },
];
