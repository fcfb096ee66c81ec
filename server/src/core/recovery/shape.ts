/** The shape of a database (tables, columns, indexes, constraints, sequences): what must be there, and what was lost. */
import { linearPattern } from '../values/linearPattern.ts';
import type { ShapeRecord } from './record.ts';

/** Kinds of objects that are compared, in the order in which a loss is told. */
export const SHAPE_KINDS = [
  'table',
  'view',
  'index',
  'constraint',
  'sequence',
  'trigger',
  'routine',
  'type',
  'extension',
] as const;
export type ShapeKind = (typeof SHAPE_KINDS)[number];

export interface ShapeObject {
  readonly kind: ShapeKind;
  /** `schema.name`; of what belongs to a table `schema.table name`, as pg_dump writes it. */
  readonly name: string;
}

/** A sequence and the largest value of the column that it feeds. */
export interface SequenceState {
  readonly name: string;
  /** `schema.table.column`. */
  readonly column: string;
  /** The next value that it would give, and by how much it goes on. */
  readonly next: bigint;
  readonly step: bigint;
  /** The column's furthest value in the sequence's direction, or undefined where the table is empty. */
  readonly furthest: bigint | undefined;
}

/** Names beyond this many are not kept, only counted. */
const MOST_NAMES = 5000;
/** Names told in one message. */
const TOLD = 5;

/** What a record keeps of a database: counts, names and columns, never a value. */
export function shapeRecord(
  backup: string,
  objects: readonly ShapeObject[],
  columns: Readonly<Record<string, readonly string[]>>,
): ShapeRecord {
  const names: Record<string, string[]> = {};
  const counts: Record<string, number> = {};
  for (const kind of SHAPE_KINDS) {
    const found = objects.filter((each) => each.kind === kind).map((each) => each.name);
    if (found.length === 0) continue;
    counts[kind] = found.length;
    names[kind] = found.sort();
  }
  counts['column'] = Object.values(columns).reduce((sum, each) => sum + each.length, 0);
  const small = objects.length + counts['column'] <= MOST_NAMES;
  return { backup, counts, ...(small ? { names, columns } : {}) };
}

/** Objects that the backup itself names and the restored database lacks. */
export function lostFromBackup(
  promised: readonly ShapeObject[],
  there: readonly ShapeObject[],
): readonly ShapeObject[] {
  const known = new Set(there.map((each) => `${each.kind} ${each.name}`));
  return promised.filter((each) => !known.has(`${each.kind} ${each.name}`));
}

/** What the last passed run had and this one has not: `index public.orders_customer_idx`, `column note of table public.orders`. */
export function lostSince(last: ShapeRecord, now: ShapeRecord, mayLose: readonly string[]): readonly string[] {
  const allowed = mayLose.map(pattern);
  const lost: string[] = [];
  const gone = new Set<string>();
  for (const kind of SHAPE_KINDS) {
    const had = last.names?.[kind];
    const has = now.names?.[kind];
    if (had && now.names) {
      const known = new Set(has ?? []);
      for (const name of had) {
        if (known.has(name)) continue;
        if (kind === 'table') gone.add(name);
        // What belongs to a lost table goes with it: told once.
        if ([...gone].some((table) => name.startsWith(`${table} `))) continue;
        if (!allowed.some((each) => each.test(name))) lost.push(`${kind} ${name}`);
      }
      continue;
    }
    const before = last.counts[kind] ?? 0;
    const after = now.counts[kind] ?? 0;
    if (after < before && mayLose.length === 0) lost.push(`${before - after} of ${before} ${plural(kind)}`);
  }
  for (const [table, had] of Object.entries(last.columns ?? {})) {
    const has = now.columns?.[table];
    if (!has) continue;
    const names = new Set(has.map(columnName));
    for (const column of had.map(columnName))
      if (!names.has(column) && !allowed.some((each) => each.test(`${table}.${column}`)))
        lost.push(`column ${column} of table ${table}`);
  }
  return lost;
}

/** Columns whose type is another than in the last passed run, as sentences. */
export function retyped(last: ShapeRecord, now: ShapeRecord): readonly string[] {
  const told: string[] = [];
  for (const [table, had] of Object.entries(last.columns ?? {})) {
    const has = new Map((now.columns?.[table] ?? []).map((each) => [columnName(each), columnType(each)]));
    for (const each of had) {
      const type = has.get(columnName(each));
      if (type !== undefined && type !== columnType(each))
        told.push(
          `Column ${columnName(each)} of ${table} is ${type}; in the last passed run it was ${columnType(each)}.`,
        );
    }
  }
  return told;
}

/** Sequences that would give a value which their column has already passed, as sentences. */
export function sequencesBehind(sequences: readonly SequenceState[]): readonly string[] {
  return sequences
    .filter(({ next, step, furthest }) => furthest !== undefined && (step > 0n ? next <= furthest : next >= furthest))
    .map(
      ({ name, column, next, furthest }) =>
        `Sequence ${name} was left behind: its next value is ${next}, but ${column} already goes to ${furthest ?? 0n}, so the next insert collides; set it after the load (setval).`,
    );
}

/** `index a, table b, … (7 in all)`. */
export function listed(names: readonly string[]): string {
  return names.length > TOLD ? `${names.slice(0, TOLD).join(', ')}, … (${names.length} in all)` : names.join(', ');
}

/** `12 tables, 30 indexes, 1 sequence`. */
export function shapeWords(shape: ShapeRecord): string {
  return Object.entries(shape.counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${count === 1 ? kind : plural(kind)}`)
    .join(', ');
}

function plural(kind: string): string {
  return kind === 'index' ? 'indexes' : `${kind}s`;
}

/** Columns are kept as `name type`, the name quoted as JSON where it holds a blank. */
export function columnText(name: string, type: string): string {
  return `${/[\s"]/u.test(name) ? JSON.stringify(name) : name} ${type}`;
}

function columnName(text: string): string {
  return /^(?:"(?:[^"\\]|\\.)*"|\S+)/u.exec(text)?.[0] ?? text;
}

function columnType(text: string): string {
  return text.slice(columnName(text).length + 1);
}

/** `*` stands for any part of a name. */
function pattern(text: string): { test(name: string): boolean } {
  const found = linearPattern(
    `^(?:.*\\.)?${text
      .split('*')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&'))
      .join('[^]*')}$`,
  );
  return { test: (name) => 'match' in found && found.match(name) !== undefined };
}

const TYPES: Readonly<Record<string, ShapeKind>> = {
  TABLE: 'table',
  'FOREIGN TABLE': 'table',
  VIEW: 'view',
  'MATERIALIZED VIEW': 'view',
  INDEX: 'index',
  CONSTRAINT: 'constraint',
  'FK CONSTRAINT': 'constraint',
  'CHECK CONSTRAINT': 'constraint',
  SEQUENCE: 'sequence',
  TRIGGER: 'trigger',
  'EVENT TRIGGER': 'trigger',
  FUNCTION: 'routine',
  PROCEDURE: 'routine',
  AGGREGATE: 'routine',
  TYPE: 'type',
  DOMAIN: 'type',
  EXTENSION: 'extension',
};

const COMMENT = /^-- Name: (.*?); Type: ([A-Z ]+); Schema: (.*?); Owner: /u;
/** Names have 63 bytes, routines have their arguments; what is longer was written to keep us busy. */
const LONGEST_COMMENT = 8192;

/** Objects that pg_dump announces in its comments: `-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: public; Owner: app`. */
export function announced(statement: string): readonly ShapeObject[] {
  if (!statement.includes('-- Name: ')) return [];
  const found: ShapeObject[] = [];
  for (const [line] of statement.matchAll(/^-- Name: .*/gmu)) {
    const match = line.length > LONGEST_COMMENT ? null : COMMENT.exec(line);
    if (!match) continue;
    const kind = TYPES[match[2] ?? ''];
    const tag = match[1] ?? '';
    if (kind === undefined) continue;
    // A routine's arguments are written in more than one way: its name decides.
    const name = kind === 'routine' ? tag.replace(/\(.*$/u, '') : tag;
    found.push({ kind, name: `${match[3] === '-' ? '' : `${match[3] ?? ''}.`}${name}` });
  }
  return found;
}
