/** The backup tools, by the name that a runbook gives them. */
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { BackupTool } from './backupTool.ts';
import { command } from './command.ts';
import { files } from './files.ts';
import { mariadbBackup } from './mariadbBackup.ts';
import { mariadbDump, mysqldump } from './mysqldump.ts';
import { pgDump } from './pgDump.ts';
import { pgbackrest } from './pgbackrest.ts';
import { awsBackup, dynamodbPitr, rdsSnapshot } from './provider.ts';
import { restic } from './restic.ts';
import { sqlite } from './sqlite.ts';

export const TOOLS: readonly BackupTool[] = [
  pgDump,
  mysqldump,
  mariadbDump,
  mariadbBackup,
  pgbackrest,
  restic,
  sqlite,
  files,
  command,
  rdsSnapshot,
  awsBackup,
  dynamodbPitr,
];

/** The tool of that name; an unknown one is refused, with the known ones listed. */
export function toolNamed(name: string): BackupTool {
  const found = TOOLS.find((tool) => tool.id === name);
  if (found) return found;
  throw new StageFault(
    'inconclusive',
    `The backup tool "${name}" can't be dry-run; those that can: ${TOOLS.map((tool) => tool.id).join(', ')}.`,
    { code: 'unsupported' },
  );
}
