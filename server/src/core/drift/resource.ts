/** A resource that a runbook relies on, resolved, and what the runbook does with it: what judging needs beside the facts. */
import type { Path, Span } from '../document/node.ts';
import { parseCron } from '../values/cron.ts';
import { largestGapMs } from '../values/cronTimes.ts';
import { durationMs, entriesOf, field, listOf, textOf } from './expected.ts';

/** One thing to look up, declared under `resources` or named inside a step's text. */
export interface DriftResource {
  /** Its name under `resources`; undefined for one that only a step's text names. */
  readonly name?: string;
  readonly kind: string;
  /** With its expressions resolved. */
  readonly id: string;
  readonly region?: string;
  /** Alias or id as the document names it. */
  readonly account?: string;
  readonly expect: Readonly<Record<string, unknown>>;
  /** Path of the declaration, or of the step text of an implicit one. */
  readonly path: Path;
  /** Path of the id itself; where it isn't `path` + `id`. */
  readonly idPath?: Path;
  /** The exact piece of a step's text, for implicit ones. */
  readonly span?: Span;
  /** The span counts from the start of the node at `path`. */
  readonly relative?: boolean;
}

/** One backup of the runbook as judging needs it. */
export interface BackupUse {
  readonly name: string;
  readonly path: Path;
  readonly tool: string | undefined;
  /** Name of the resource that is backed up. */
  readonly of: string | undefined;
  /** Name of the resource that holds the backups. */
  readonly store: string | undefined;
  /** What every key begins with: the prefix, and the literal start of `match`. */
  readonly prefix: string | undefined;
  /** A key such as its backups have, for questions about what may be done with them. */
  readonly exampleKey: string;
  readonly retentionMs: number | undefined;
  readonly retention: string | undefined;
  readonly immutable: boolean;
  readonly continuous: boolean;
  /** The longest time between two of its runs; undefined where no schedule tells. */
  readonly intervalMs: number | undefined;
  readonly role: string | undefined;
  readonly copyOf: string | undefined;
}

/** The backups of a runbook; a copy takes what it doesn't say from its source. */
export function backupsOf(runbook: unknown): readonly BackupUse[] {
  const all = field(runbook, 'backups');
  return entriesOf(all).map(([name, value]) => {
    const sources = [value];
    for (let hops = 0; hops < 10; hops++) {
      const next = textOf(field(sources.at(-1), 'copyOf'));
      const source = next === undefined ? undefined : field(all, next);
      if (source === undefined || sources.includes(source)) break;
      sources.push(source);
    }
    const inherited = (key: string): unknown =>
      sources.map((source) => field(source, key)).find((found) => found !== undefined);
    const retention = textOf(inherited('retention'));
    const place = field(value, 'in');
    const match = textOf(field(place, 'match')) ?? '';
    const literal = /^[^*?[{]*/.exec(match)?.[0] ?? '';
    const prefix = textOf(field(place, 'prefix'));
    return {
      name,
      path: ['backups', name],
      tool: textOf(inherited('tool')),
      of: textOf(inherited('of')),
      store: textOf(field(place, 'bucket')) ?? textOf(field(place, 'vault')),
      prefix: prefix === undefined && literal === '' ? undefined : (prefix ?? '') + literal,
      exampleKey: (prefix ?? '') + exampleOf(match, literal),
      retention,
      retentionMs: durationMs(retention),
      immutable: inherited('immutable') === true,
      continuous: inherited('continuous') !== undefined,
      intervalMs: intervalOf(textOf(inherited('schedule'))),
      role: textOf(field(value, 'role')),
      copyOf: textOf(field(value, 'copyOf')),
    };
  });
}

/** What stands in example keys for what isn't known of them. */
export const EXAMPLE_NAME = 'drillbook-probe';

/** A name that the pattern `match` matches; with classes and alternatives in it, only what it begins with. */
function exampleOf(match: string, literal: string): string {
  if (/[[{]/.test(match) || match === literal) return literal + EXAMPLE_NAME;
  return match.replace(/[*?]+/, EXAMPLE_NAME).replace(/\*+/g, EXAMPLE_NAME).replaceAll('?', 'x');
}

function intervalOf(schedule: string | undefined): number | undefined {
  const cron = schedule === undefined ? undefined : parseCron(schedule);
  return cron && largestGapMs(cron);
}

/** What the restore promises and uses. */
export interface RestoreUse {
  readonly rpoMs: number | undefined;
  readonly rpo: string | undefined;
  readonly rtoMs: number | undefined;
  readonly rto: string | undefined;
  readonly role: string | undefined;
  /** The texts of the steps: what a person or a shell is told to do. */
  readonly texts: readonly string[];
}

export function restoreOf(runbook: unknown): RestoreUse {
  const restore = field(runbook, 'restore');
  const rpo = textOf(field(restore, 'rpo'));
  const rto = textOf(field(restore, 'rto'));
  return {
    rpo,
    rpoMs: durationMs(rpo),
    rto,
    rtoMs: durationMs(rto),
    role: textOf(field(restore, 'role')),
    texts: listOf(field(restore, 'steps')).flatMap((step) =>
      ['run', 'manual', 'verify'].flatMap((key) => textOf(field(step, key)) ?? []),
    ),
  };
}
