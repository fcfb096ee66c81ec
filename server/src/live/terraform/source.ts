/** Terraform states as a source of the same facts: instead of live, before it, or beside it. */
import type { EnvironmentSource } from '../../core/drift/environment.ts';
import type { LookupRequest, Observation } from '../../core/drift/observation.ts';
import type { Clock, Files } from '../../core/ports.ts';

export interface TerraformSource {
  /** Does the environment's list of sources hold `live`? */
  asksLive(environment: EnvironmentSource): boolean;
  around(
    requests: readonly LookupRequest[],
    environmentOf: (name: string) => EnvironmentSource | undefined,
    live: (requests: readonly LookupRequest[]) => Promise<readonly Observation[]>,
  ): Promise<readonly Observation[]>;
}

export function createTerraformSource(_dependencies: { readonly clock: Clock; readonly files?: Pick<Files, 'readText' | 'info'> | undefined; readonly root?: string | undefined }): TerraformSource {
  return {
    asksLive: () => true,
    around: async (requests, _environmentOf, live) => await live(requests),
  };
}
