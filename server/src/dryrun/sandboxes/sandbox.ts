/** What a sandbox is here: made for one run, asked by checks, and gone afterwards. */
import type { CheckRecord } from '../../core/recovery/record.ts';
import type { CheckPlan, FetchedBackup, FoundBackup, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import type { EnginePorts } from '../ports.ts';

export interface Sandbox {
  /** `postgres`, `mariadb`, `files`, `server`, `container`. */
  readonly kind: string;
  /** A server of the run's own, which runs what the backup says. */
  readonly hasServer?: boolean;
  provision(ports: EnginePorts, run: RunContext, found: readonly FoundBackup[]): Promise<RunningSandbox>;
  check(
    ports: EnginePorts,
    run: RunContext,
    sandbox: RunningSandbox,
    check: CheckPlan,
    fetched: readonly FetchedBackup[],
  ): Promise<CheckRecord>;
  /** What the restore itself showed, judged: counted as checks. */
  facts?(sandbox: RunningSandbox): readonly CheckRecord[];
  /** Ends it politely before the rest is removed; never rejects. */
  stop?(ports: EnginePorts, run: RunContext, sandbox: RunningSandbox): Promise<void>;
}
