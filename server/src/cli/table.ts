/** The commands: one row a file, loaded when asked for. */
import type { Command } from './command.ts';

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

export const COMMANDS: readonly CommandRow[] = [
  { name: 'check', summary: 'Check runbooks, policies and environments; no network', load: () => import('./check.ts') },
  { name: 'drift', summary: 'Check, and compare with live infrastructure', load: () => import('./drift.ts') },
  { name: 'dry-run', summary: 'Restore a real backup into a sandbox and prove it', load: () => import('./dryRun.ts') },
  { name: 'plan', summary: 'Recovery order, critical path and RTO of the whole', load: () => import('./plan.ts') },
  { name: 'coverage', summary: 'Live data stores that no runbook covers', load: () => import('./coverage.ts') },
  { name: 'evidence', summary: 'List, show, verify, report and record evidence', load: () => import('./evidence.ts') },
  {
    name: 'readiness',
    summary: 'Where each runbook stands, from hope to proven',
    load: () => import('./readiness.ts'),
  },
  { name: 'init', summary: 'A first policy, environment and runbook', load: () => import('./init.ts') },
  { name: 'import', summary: 'A first runbook from one written in Markdown', load: () => import('./import.ts') },
  { name: 'export', summary: 'One self-contained page of a runbook', load: () => import('./export.ts') },
  { name: 'doctor', summary: 'What this machine has and lacks', load: () => import('./doctor.ts') },
  { name: 'rules', summary: 'The catalogue of findings, and one explained', load: () => import('./rules.ts') },
  { name: 'lsp', summary: 'The language server, for any editor', load: () => import('./lsp.ts') },
  { name: 'completion', summary: 'Completion for bash, zsh and fish', load: () => import('./completion.ts') },
];
