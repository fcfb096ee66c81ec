/** A dump that says it is of another database than the backup declares: its restore would prove nothing of the one that is meant. */
import type { BackupPlan } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import type { BackupRecord } from '../core/recovery/record.ts';

/** `holds`: databases that the dump names besides the one that it was made of. @throws StageFault where none is the declared one. */
export function refuseOtherDatabase(
  { name, database, tool }: BackupPlan,
  record: Pick<BackupRecord, 'id' | 'database' | 'toolVersion'>,
  holds: readonly string[] = [],
): void {
  // A head that is damaged names nothing that could be believed: that is told as what it is.
  if (database === undefined || record.toolVersion === undefined || (record.database ?? '') === '') return;
  // Servers of MySQL on some systems keep names in lower case.
  const same = (left: string, right: string): boolean =>
    tool === 'pg_dump' ? left === right : left.toLowerCase() === right.toLowerCase();
  if ([record.database ?? '', ...holds].some((each) => same(each, database))) return;
  throw new StageFault(
    'failed',
    `${record.id} is a dump of the database "${record.database ?? ''}", but backup "${name}" declares "${database}": it would bring another database back; let "in" of the backup name where the dumps of "${database}" lie, or mend its "database".`,
    { code: 'other-database' },
  );
}
