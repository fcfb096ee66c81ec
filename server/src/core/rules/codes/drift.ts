/** Catalogue rows of drift findings: what live infrastructure contradicts. */
import type { CatalogueRow } from '../rule.ts';

export const DRIFT_CODES: readonly CatalogueRow[] = [
  { code: 'drift/missing', severity: 'error', title: 'The resource is not there.' },
  { code: 'drift/region', severity: 'error', title: 'The resource is in another region.' },
  { code: 'drift/account', severity: 'error', title: 'The resource is in another account.' },
  { code: 'drift/version-major', severity: 'error', title: 'Another major version runs.' },
  { code: 'drift/version-minor', severity: 'warning', title: 'Another minor version runs.' },
  { code: 'drift/trust', severity: 'error', title: 'The role does not trust whom the runbook relies on.' },
  {
    code: 'drift/permission',
    severity: 'error',
    title: 'The role may not do what the runbook relies on, or may do what it forbids.',
  },
  { code: 'drift/value', severity: 'warning', title: 'A declared expectation does not hold.' },
  {
    code: 'drift/key-pending-deletion',
    severity: 'error',
    title: 'A key that backups are encrypted with is about to be deleted.',
  },
  { code: 'drift/expires-early', severity: 'error', title: 'Backups expire before their retention ends.' },
  { code: 'drift/retention-off', severity: 'error', title: 'What keeps the backups is switched off.' },
  {
    code: 'drift/restore-role-can-destroy',
    severity: 'error',
    title: 'The restore role can delete or unlock backups.',
  },
  { code: 'drift/backup-stale', severity: 'error', title: 'The newest backup is older than the RPO allows.' },
];
