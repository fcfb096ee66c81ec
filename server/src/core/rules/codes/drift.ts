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
  { code: 'drift/takeover', severity: 'error', title: 'The bucket exists, but belongs to somebody else.' },
  {
    code: 'drift/not-immutable',
    severity: 'error',
    title: 'Backups said to be immutable lie where nothing locks them.',
  },
  {
    code: 'drift/retrieval-too-slow',
    severity: 'warning',
    title: 'The storage class takes longer to open than the RTO allows.',
  },
  { code: 'drift/same-role', severity: 'error', title: 'Two names mean one role: backup and restore share it.' },
  { code: 'drift/pending-change', severity: 'warning', title: 'A pending change will break an expectation.' },
  {
    code: 'drift/end-of-support',
    severity: 'warning',
    title: 'The version is past or near the end of its standard support.',
  },
  {
    code: 'drift/restore-loses',
    severity: 'warning',
    title: 'A restore silently loses settings that no step sets again.',
  },
  { code: 'drift/backup-unusable', severity: 'error', title: 'The newest backup cannot be restored from.' },
  { code: 'drift/backup-missing', severity: 'error', title: 'There is no backup of what the runbook restores.' },
  {
    code: 'drift/key-unusable',
    severity: 'error',
    title: 'A key is disabled, so nothing encrypted with it can be restored.',
  },
  {
    code: 'drift/secret-pending-deletion',
    severity: 'error',
    title: 'A secret that the restore needs is scheduled for deletion.',
  },
  {
    code: 'drift/alarm-silent',
    severity: 'warning',
    title: 'An alarm that should tell of failed backups acts on nothing.',
  },
  { code: 'drift/incompatible-restore', severity: 'error', title: 'This backup cannot be restored into that version.' },
  { code: 'drift/state', severity: 'warning', title: 'A Terraform state and the live infrastructure disagree.' },
];
