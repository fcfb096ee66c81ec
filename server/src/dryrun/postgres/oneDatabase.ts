/** What a plain dump may not do where one database is restored: make databases, connect to others, have psql run commands. */
import { StageFault } from '../../core/recovery/stageFault.ts';

const WAY_OUT =
  'a dry run loads one database: dump it with pg_dump without --create, or restore this dump with the runbook\'s own steps ("steps: true")';

/** Refuses a command of psql. Of `\connect` the dump is not to blame: dumps of `--create` and of all databases hold it. */
export function refuseCommand(command: string, statements: number): never {
  if (/^\\c(?:onnect)?(?:\s|$)/u.test(command))
    throw elsewhere(`the psql command "${command.slice(0, 60)}"`, statements);
  throw new StageFault(
    'failed',
    `The dump holds the psql command "${command.slice(0, 60)}" behind statement ${statements}: a dry run does not run commands for a dump, and pg_dump writes none; find out who put it there.`,
  );
}

/** Refuses a dump of all databases by the comment at its head. */
export function refuseCluster(text: string, statements: number): void {
  if (statements === 0 && /^-- PostgreSQL database cluster dump\s*$/mu.test(text))
    throw elsewhere('all databases of a server (pg_dumpall)', statements);
}

/** Refuses a statement that reaches beyond the database, before it is sent: nobody would remove what it makes on a team's server. */
export function refuseElsewhere(statement: string, statements: number): void {
  const found = /^\s*((?:create|drop)\s+database)\s/iu.exec(statement)?.[1];
  if (found !== undefined) throw elsewhere(`"${found}"`, statements);
}

/** The sandbox's limit, not the backup's fault. */
function elsewhere(what: string, statements: number): StageFault {
  return new StageFault(
    'inconclusive',
    `The dump holds ${what}${statements > 0 ? ` behind statement ${statements}` : ''}: ${WAY_OUT}.`,
    {
      code: 'unsupported',
    },
  );
}
