/** What `drillbook rules --why FILE` tells: which environment, policy and class apply to each document of a file, and why. */
import { whyEnvironment } from '../core/references/environment.ts';
import { policyOf } from '../core/references/policy.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import { table, type Paint } from './style.ts';

/** Of one document; as the JSON output has it. */
export interface Why {
  readonly kind: string;
  readonly name: string | null;
  readonly file: string;
  /** Of a runbook: in words, and what the class asks. */
  readonly environment?: string;
  readonly policy?: string;
  readonly class?: { readonly name: string; readonly asks: Readonly<Record<string, unknown>> };
  /** Of a policy: the runbooks that are held to it, by itself or through one that extends it. */
  readonly heldTo?: readonly { readonly runbook: string | null; readonly file: string }[];
}

/** What applies to a document, and why. */
export function whyOf(entry: Entry, workspace: Workspace): Why {
  const head = { kind: entry.kind, name: entry.name ?? null, file: entry.file };
  if (entry.kind === 'Environment') return head;
  if (entry.kind === 'Policy') return { ...head, heldTo: heldTo(entry, workspace) };
  const policy = policyOf(entry, workspace);
  return {
    ...head,
    environment: whyEnvironment(entry, workspace),
    policy: policy === undefined ? 'No policy applies to it.' : policy.why,
    ...(policy?.class === undefined ? {} : { class: { name: policy.className ?? '', asks: policy.class } }),
  };
}

/** The same as lines for people. */
export function whyLines(why: Why, style: Paint, columns: number): readonly string[] {
  const { environment, policy } = why;
  const rows = Object.entries(why.class?.asks ?? {}).map(([key, value]) => [
    style.name(key),
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return [
    style.heading(`${why.kind} ${why.name ?? '(no name)'}`) + style.dim(`  ${why.file}`),
    ...(environment === undefined ? [] : [`  ${environment}`]),
    ...(policy === undefined ? [] : [`  ${policy}`]),
    ...table(rows, columns, '    '),
    ...(why.heldTo === undefined ? [] : [`  ${heldWords(why.heldTo)}`]),
  ];
}

function heldTo(policy: Entry, workspace: Workspace): NonNullable<Why['heldTo']> {
  return workspace
    .byKind('Runbook')
    .filter((runbook) => policyOf(runbook, workspace)?.policies.includes(policy) === true)
    .map((runbook) => ({ runbook: runbook.name ?? null, file: runbook.file }));
}

function heldWords(held: NonNullable<Why['heldTo']>): string {
  if (held.length === 0) return 'No runbook is held to it.';
  const named = held.slice(0, 10).map(({ runbook, file }) => `${runbook ?? '(no name)'} (${file})`);
  const more = held.length > 10 ? ` and ${held.length - 10} more` : '';
  return `Held to it: ${named.join(', ')}${more}.`;
}
