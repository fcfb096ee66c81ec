/** A PostgreSQL of the dry run, as the tools that restore into it get it. */
import type { Owner, RunningProcess } from '../../core/ports.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { PostgresAddress } from './connection.ts';

/** What the tools of this engine get. */
export interface PostgresHandle {
  readonly address: PostgresAddress;
  readonly binaries: PostgresBinaries;
  /** All that were found: a client may come from another one. */
  readonly all: readonly PostgresBinaries[];
  readonly folder: string;
  /** Whose folder that is, and who the server runs as; left out where it is us. */
  readonly owner?: Owner;
  readonly process?: RunningProcess;
  /** Made for this run alone, and sees the run's folder: it may have roles and tablespaces of its own. */
  readonly isOurs: boolean;
  readonly jobs: number;
  /** Databases by backup name, as restored. */
  readonly databases: Map<string, string>;
  readonly superuser: boolean;
  /** Empty databases that nobody uses: the first restored one takes one over by its name. Taken out when it is. */
  readonly spare?: string[];
  /** Which isolation the server runs in; left out for servers that are not ours. */
  readonly isolation?: string;
  /** The server's own log, newest last. */
  readonly log: () => string;
}
