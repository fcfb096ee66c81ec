/** Reads the shape of a restored PostgreSQL database from its catalogue, and where its sequences stand. */
import type { Client } from 'pg';
import type { RunContext } from '../../core/recovery/engine.ts';
import {
  columnText,
  SHAPE_KINDS,
  type SequenceState,
  type ShapeKind,
  type ShapeObject,
} from '../../core/recovery/shape.ts';
import type { Catalogue } from '../shape.ts';
import { queryValue, quoted, withSandbox } from './connection.ts';
import type { PostgresHandle } from './handle.ts';

const USER = `n.nspname <> 'information_schema' and n.nspname !~ '^pg_'`;
/** Whether the object `oid` of `catalogue` belongs to an extension. */
const extension = (catalogue: string, oid: string): string =>
  `exists (select 1 from pg_depend e where e.classid = '${catalogue}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;

/** kind, name, whether it is an extension's; names as pg_dump writes them. */
const OBJECTS = `
select case c.relkind when 'r' then 'table' when 'p' then 'table' when 'f' then 'table' when 'v' then 'view' when 'm' then 'view'
    when 'S' then 'sequence' when 'c' then 'type' else 'index' end as kind,
  n.nspname || '.' || c.relname as name, ${extension('pg_class', 'coalesce(i.indrelid, c.oid)')} as foreign_to
from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid
where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S', 'c', 'i', 'I') and ${USER}
union all
select 'constraint', n.nspname || '.' || coalesce(c.relname, t.typname) || ' ' || k.conname, ${extension('pg_class', 'c.oid')} or ${extension('pg_type', 't.oid')}
from pg_constraint k join pg_namespace n on n.oid = k.connamespace left join pg_class c on c.oid = k.conrelid left join pg_type t on t.oid = k.contypid
where k.contype in ('p', 'u', 'x', 'f', 'c', 'n') and ${USER}
union all
select 'trigger', n.nspname || '.' || c.relname || ' ' || t.tgname, ${extension('pg_class', 'c.oid')}
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where not t.tgisinternal and ${USER}
union all
select 'trigger', evtname, ${extension('pg_event_trigger', 'oid')} from pg_event_trigger
union all
select distinct 'routine', n.nspname || '.' || p.proname, ${extension('pg_proc', 'p.oid')} from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${USER}
union all
select 'type', n.nspname || '.' || t.typname, ${extension('pg_type', 't.oid')} from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typtype in ('e', 'd', 'r', 'b') and t.typelem = 0 and t.typrelid = 0 and ${USER}
union all
select 'extension', extname, false from pg_extension`;

const COLUMNS = `
select n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'f') and a.attnum > 0 and not a.attisdropped and ${USER} and not ${extension('pg_class', 'c.oid')}
order by 1, a.attnum`;

/** Sequences that a column owns, or that its default draws from. */
const SEQUENCES = `
select distinct sn.nspname, s.relname, tn.nspname, t.relname, a.attname, q.seqincrement::text
from pg_class s join pg_namespace sn on sn.oid = s.relnamespace join pg_sequence q on q.seqrelid = s.oid
join (
  select objid as sequence, refobjid as tableid, refobjsubid as attnum from pg_depend
  where classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and refobjsubid > 0 and deptype in ('a', 'i')
  union
  select d.refobjid, f.adrelid, f.adnum from pg_depend d join pg_attrdef f on f.oid = d.objid
  where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass
) u on u.sequence = s.oid
join pg_class t on t.oid = u.tableid join pg_namespace tn on tn.oid = t.relnamespace
join pg_attribute a on a.attrelid = t.oid and a.attnum = u.attnum
where s.relkind = 'S' and t.relkind in ('r', 'p') and not q.seqcycle and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
  and sn.nspname <> 'information_schema' and sn.nspname !~ '^pg_'`;

/** A column without an index is read whole: longer than this and it is said to be unknown. */
const MAXIMUM_MS = 60_000;

/** The catalogue's answer. PostgreSQL before 10 keeps no pg_sequence: its sequences aren't compared. */
export async function postgresShape(run: RunContext, handle: PostgresHandle, database: string): Promise<Catalogue> {
  return await withSandbox(
    handle.address,
    database,
    async (client) => {
      // Compiling these queries takes longer than they do; PostgreSQL before 11 can't.
      await client.query(
        `set search_path = ''; select set_config(name, 'off', false) from pg_catalog.pg_settings where name = 'jit'; set default_transaction_read_only = on`,
      );
      const rows = async (sql: string): Promise<readonly unknown[][]> =>
        (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
      const objects: ShapeObject[] = [];
      const own: ShapeObject[] = [];
      for (const [kind, name, foreign] of await rows(OBJECTS)) {
        const object: ShapeObject = { kind: kindOf(kind), name: String(name) };
        objects.push(object);
        if (foreign !== true) own.push(object);
      }
      const columns: Record<string, string[]> = {};
      for (const [table, name, type] of await rows(COLUMNS))
        (columns[String(table)] ??= []).push(columnText(String(name), String(type)));
      const sequences = handle.binaries.major < 10 ? [] : await sequencesOf(run, client, await rows(SEQUENCES));
      return { objects, own: unique(own), columns, sequences };
    },
    run.signal,
  );
}

async function sequencesOf(
  run: RunContext,
  client: Client,
  rows: readonly unknown[][],
): Promise<readonly SequenceState[]> {
  await client.query(`set statement_timeout = ${MAXIMUM_MS}`);
  const found: SequenceState[] = [];
  for (const row of rows) {
    run.signal.throwIfAborted();
    const [schema = '', name = '', tableSchema = '', table = '', column = '', increment = '1'] = row.map(String);
    const step = BigInt(increment);
    const sequence = `${quoted(schema)}.${quoted(name)}`;
    const relation = `${quoted(tableSchema)}.${quoted(table)}`;
    try {
      const next = await queryValue(
        client,
        `select (last_value + case when is_called then ${step} else 0 end)::text from ${sequence}`,
      );
      const furthest = await queryValue(
        client,
        `select trunc(${step > 0n ? 'max' : 'min'}(${quoted(column)}))::text from ${relation}`,
      );
      found.push({
        name: `${schema}.${name}`,
        column: `${tableSchema}.${table}.${column}`,
        next: BigInt(String(next)),
        step,
        furthest: typeof furthest === 'string' ? BigInt(furthest) : undefined,
      });
    } catch (error) {
      run.signal.throwIfAborted();
      run.note({
        severity: 'warning',
        code: 'sequence-unknown',
        message: `Whether sequence ${schema}.${name} is ahead of ${tableSchema}.${table}.${column} is not known: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'no answer'}.`,
      });
    }
  }
  return found;
}

function kindOf(value: unknown): ShapeKind {
  const kind = SHAPE_KINDS.find((each) => each === value);
  if (kind === undefined) throw new Error(`There is no kind of object "${String(value)}".`);
  return kind;
}

/** Overloaded routines share a name. */
function unique(objects: readonly ShapeObject[]): readonly ShapeObject[] {
  return [...new Map(objects.map((each) => [`${each.kind} ${each.name}`, each])).values()];
}
