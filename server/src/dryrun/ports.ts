/** What the dry run's rooms need from the machine: one literal object, built by the program. */
import type { ApprovedHosts, Clock, Downloads, Files, Gates, Log, Machine, Processes, Secrets } from '../core/ports.ts';

export interface EnginePorts {
  readonly clock: Clock;
  readonly files: Files;
  readonly processes: Processes;
  readonly machine: Machine;
  readonly secrets: Secrets;
  readonly hosts: ApprovedHosts;
  readonly log: Log;
  /** Connections of one's own, to be closed. */
  readonly downloads: () => Downloads;
  /** Ways to the cloud out of a sandbox; left out, there are none. */
  readonly gates?: Gates;
  /** The person agreed to fetching database packages into the cache. */
  readonly mayFetchPackages: boolean;
}
