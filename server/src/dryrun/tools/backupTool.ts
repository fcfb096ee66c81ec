/** What a backup tool is here: it finds the newest backup, reads and verifies it, and restores it into a sandbox. */
import type {
  BackupPlan,
  FetchedBackup,
  FoundBackup,
  RestoreOutcome,
  RunContext,
  RunningSandbox,
} from '../../core/recovery/engine.ts';
import type { EnginePorts } from '../ports.ts';

export interface BackupTool {
  readonly id: string;
  /** Engines of sandboxes that it can restore into. */
  readonly engines: readonly string[];
  /** The tool makes and starts the server itself from what it restores (physical backups). */
  readonly bringsServer?: boolean;
  locate(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<FoundBackup>;
  /** Reads all bytes and verifies them; `restoring` says that a restore follows and will decode them anyway. */
  fetch(ports: EnginePorts, run: RunContext, found: FoundBackup, restoring: boolean): Promise<FetchedBackup>;
  restore(
    ports: EnginePorts,
    run: RunContext,
    fetched: FetchedBackup,
    sandbox: RunningSandbox,
  ): Promise<RestoreOutcome>;
  /** For a repository that the tool reads itself: the backup as found, in a stand-in below the run's folder with one byte changed. */
  spoiled?(ports: EnginePorts, run: RunContext, found: FoundBackup): Promise<FoundBackup>;
  /** For the same: the backup as found, read at no more than this. */
  slowed?(found: FoundBackup, bytesPerSecond: number): FoundBackup;
}
