/** Compares what came back with what the backup names and with what the last passed run had. */
import type { FetchedBackup, RunContext, RunningSandbox, ShapeOutcome } from '../core/recovery/engine.ts';
import type { ShapeRecord } from '../core/recovery/record.ts';
import {
  listed,
  lostFromBackup,
  lostSince,
  retyped,
  sequencesBehind,
  shapeRecord,
  type SequenceState,
  type ShapeObject,
} from '../core/recovery/shape.ts';
import { asTexts } from '../core/references/read.ts';
import { mariadbShape } from './mariadb/shape.ts';
import { postgresShape } from './postgres/shape.ts';
import type { MariadbHandle } from './sandboxes/mariadb.ts';
import type { PostgresHandle } from './sandboxes/postgres.ts';
import { announcedBy } from './tools/pgDump.ts';

/** What a database holds, as its own catalogue says. */
export interface Catalogue {
  /** All objects, those of extensions too. */
  readonly objects: readonly ShapeObject[];
  /** Those that are the database's own: what a later run is compared with. */
  readonly own: readonly ShapeObject[];
  readonly columns: Readonly<Record<string, readonly string[]>>;
  readonly sequences: readonly SequenceState[];
}

/** Undefined where the sandbox holds no database. Problems are told a sentence each. */
export async function compareShape(
  run: RunContext,
  sandbox: RunningSandbox,
  fetched: readonly FetchedBackup[],
  last: readonly ShapeRecord[],
): Promise<ShapeOutcome | undefined> {
  const shapes: ShapeRecord[] = [];
  const problems: string[] = [];
  const mayLose = asTexts(run.plan.raw['mayLose']);
  for (const [index, each] of fetched.entries()) {
    const backup = each.found.plan.name;
    const catalogue = await catalogueOf(run, sandbox, backup, index);
    if (!catalogue) continue;
    const lost = lostFromBackup(announcedBy(each), catalogue.objects).map(({ kind, name }) => `${kind} ${name}`);
    if (lost.length > 0)
      problems.push(
        `The restore lost what the backup ${each.record.id} holds: ${listed(lost)}; restore without leaving sections out, and stop at the first error.`,
      );
    problems.push(...sequencesBehind(catalogue.sequences));
    const shape = shapeRecord(backup, catalogue.own, catalogue.columns);
    shapes.push(shape);
    const before = last.find((one) => one.backup === backup);
    if (!before) continue;
    const missing = lostSince(before, shape, mayLose);
    if (missing.length > 0 && lost.length === 0)
      problems.push(
        `What the last passed run had did not come back: ${listed(missing)}; if it was dropped on purpose, name it under mayLose of the dry run.`,
      );
    const changed = retyped(before, shape);
    if (changed.length > 0) run.note({ severity: 'warning', code: 'schema-changed', message: changed.join(' ') });
  }
  return shapes.length === 0 ? undefined : { shapes, problems };
}

async function catalogueOf(
  run: RunContext,
  sandbox: RunningSandbox,
  backup: string,
  index: number,
): Promise<Catalogue | undefined> {
  if (sandbox.engine === 'postgres') {
    const handle = sandbox.handle as PostgresHandle;
    const database = handle.databases.get(backup) ?? [...handle.databases.values()][index];
    return database === undefined ? undefined : await postgresShape(run, handle, database);
  }
  if (sandbox.engine === 'mariadb' || sandbox.engine === 'mysql')
    // Several backups share one server: it is described once.
    return index === 0 ? await mariadbShape(run, sandbox.handle as MariadbHandle) : undefined;
  return undefined;
}
