/** The sandboxes, by kind. */
import { StageFault } from '../../core/recovery/stageFault.ts';
import { checkPostgres } from '../postgres/checks.ts';
import { cloud } from './cloud.ts';
import { container } from './container.ts';
import { files, sqlite } from './files.ts';
import { mariadb, mysql } from './mariadb.ts';
import { provisionPostgres, type PostgresHandle } from './postgres.ts';
import type { Sandbox } from './sandbox.ts';
import { server } from './server.ts';

const postgres: Sandbox = {
  kind: 'postgres',
  hasServer: true,
  provision: provisionPostgres,
  check: async (ports, run, sandbox, check) => await checkPostgres(ports, run, sandbox.handle as PostgresHandle, check),
  stop: async (_ports, _run, sandbox) => {
    await (sandbox.handle as PostgresHandle).process?.kill();
  },
};

const SANDBOXES: readonly Sandbox[] = [postgres, mariadb, mysql, files, sqlite, server, container, cloud];

/** The sandbox of that kind; an unknown one is refused, with the known ones listed. */
export function sandboxNamed(kind: string): Sandbox {
  const found = SANDBOXES.find((sandbox) => sandbox.kind === kind);
  if (found) return found;
  throw new StageFault(
    'inconclusive',
    `There is no sandbox of kind "${kind}" here; there are: ${SANDBOXES.map((sandbox) => sandbox.kind).join(', ')}.`,
    { code: 'unsupported' },
  );
}
