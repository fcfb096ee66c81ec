/** Catalogue rows of what could not be looked up, and why: neither clean nor drift. */
import type { CatalogueRow } from '../rule.ts';

export const UNCHECKED_CODES: readonly CatalogueRow[] = [
  { code: 'unchecked/no-credentials', severity: 'warning', title: 'Not checked: there are no credentials.' },
  { code: 'unchecked/denied', severity: 'warning', title: 'Not checked: permission is missing.' },
  {
    code: 'unchecked/wrong-account',
    severity: 'warning',
    title: 'Not checked: the credentials belong to another account.',
  },
  { code: 'unchecked/throttled', severity: 'warning', title: 'Not checked: the service asked to slow down.' },
  { code: 'unchecked/timeout', severity: 'warning', title: 'Not checked: no answer in time.' },
  { code: 'unchecked/unreachable', severity: 'warning', title: 'Not checked: the service could not be reached.' },
  { code: 'unchecked/unsupported', severity: 'warning', title: 'Not checked: this is not supported here.' },
  {
    code: 'unchecked/undecided',
    severity: 'warning',
    title: 'Not checked: a condition that cannot be evaluated here.',
  },
  { code: 'unchecked/stale', severity: 'warning', title: 'Not checked: the answer at hand is older than allowed.' },
  {
    code: 'unchecked/host-not-approved',
    severity: 'warning',
    title: 'Not checked: nobody approved sending a secret to that host.',
  },
  { code: 'unchecked/untrusted-workspace', severity: 'warning', title: 'Not checked: the workspace is not trusted.' },
];
