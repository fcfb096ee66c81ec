/** Catalogue rows of reference findings, and of suppressions that suppress nothing. */
import type { CatalogueRow } from '../rule.ts';

export const REFERENCE_CODES: readonly CatalogueRow[] = [
  { code: 'reference/unknown-resource', severity: 'error', title: 'A resource that the runbook does not declare.' },
  { code: 'reference/unknown-backup', severity: 'error', title: 'A backup that the runbook does not declare.' },
  { code: 'reference/unknown-step', severity: 'error', title: 'A step that the runbook does not have.' },
  { code: 'reference/unknown-runbook', severity: 'error', title: 'A runbook that the workspace does not have.' },
  { code: 'reference/unknown-class', severity: 'error', title: 'A data class that the policy does not define.' },
  {
    code: 'reference/unknown-environment',
    severity: 'error',
    title: 'An environment that the workspace does not have.',
  },
  {
    code: 'reference/unknown-policy',
    severity: 'error',
    title: 'A policy to extend that the workspace does not have.',
  },
  {
    code: 'reference/unknown-account',
    severity: 'error',
    title: 'An account alias that the environment does not define.',
  },
  { code: 'reference/unknown-database', severity: 'error', title: 'A database that the environment does not define.' },
  { code: 'reference/unknown-sandbox', severity: 'error', title: 'A sandbox that the environment does not define.' },
  { code: 'reference/unknown-expression', severity: 'error', title: 'An expression that means nothing here.' },
  { code: 'reference/unknown-rule', severity: 'error', title: 'A finding code in a policy that there is none of.' },
  { code: 'reference/wrong-kind', severity: 'error', title: 'A resource of a kind that does not fit its place.' },
  {
    code: 'reference/ambiguous-name',
    severity: 'error',
    title: 'A name that several documents bear, none of them nearer.',
  },
  { code: 'reference/duplicate-name', severity: 'error', title: 'Two documents, steps or checks with one name.' },
  { code: 'reference/cycle', severity: 'error', title: 'Things that need each other in a circle.' },
  {
    code: 'practice/idle-suppression',
    severity: 'information',
    title: 'A drillbook-ignore comment that suppresses nothing.',
  },
];
