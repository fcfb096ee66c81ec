/** The data stores that Terraform states manage: coverage for teams with no cloud credentials at hand. */
import * as path from 'node:path';
import { sourcesOf } from '../../core/drift/environment.ts';
import { durationMs, durationText } from '../../core/drift/expected.ts';
import { nameOf } from '../../core/drift/kinds/aws/arn.ts';
import type { Clock, Files, Inventory, LiveStore, UncheckedInventory } from '../../core/ports.ts';
import { otherStores } from './otherStores.ts';
import { loadState } from './source.ts';
import { parseState } from './state.ts';

/** Kinds that hold data; roles, keys and vaults need no runbook of their own. */
const DATA_KINDS = ['aws/s3-bucket', 'aws/rds-instance', 'aws/rds-cluster', 'aws/dynamodb-table'];

export interface TerraformInventoryDependencies {
  readonly clock: Clock;
  readonly files: Pick<Files, 'readText' | 'info'>;
  /** Absolute path of the workspace root. */
  readonly root: string;
}

/** Lists what the environment's `sources` name as Terraform states; a state that can't be read, or is too old, is unchecked. */
export function createTerraformInventory({ clock, files, root }: TerraformInventoryDependencies): Inventory {
  return {
    async list(environment, { signal }) {
      const resources: LiveStore[] = [];
      const unchecked: UncheckedInventory[] = [];
      for (const source of sourcesOf(environment.value)) {
        if (source.kind !== 'terraform') continue;
        signal.throwIfAborted();
        const where = path.resolve(root, path.dirname(environment.file), source.path);
        const what = `the Terraform state ${source.path}`;
        try {
          const text = await files.readText(where);
          const state = loadState(text, (await files.info(where))?.modifiedMs ?? clock.now());
          const age = clock.now() - Date.parse(state.at);
          if (age > (durationMs(source.maxAge) ?? Infinity)) {
            const detail = `${what} is ${durationText(age)} old, older than ${source.maxAge ?? ''}`;
            unchecked.push({ what, unknown: { reason: 'stale', detail } });
          }
          for (const store of otherStores(parseState(text).instances))
            resources.push({ ...store, source: 'terraform', at: state.at });
          for (const resource of state.resources) {
            const [first] = resource.names;
            if (first === undefined || !DATA_KINDS.includes(resource.kind)) continue;
            const names = resource.names.filter((name) => !name.startsWith('arn:'));
            resources.push({
              kind: resource.kind,
              id: names[0] ?? nameOf(first),
              ...(resource.region === undefined ? {} : { region: resource.region }),
              ...(resource.account === undefined ? {} : { account: resource.account }),
              facts: resource.facts,
              source: 'terraform',
              at: state.at,
            });
          }
        } catch (error) {
          const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
          const why =
            code === 'ENOENT' ? "it isn't there" : (code ?? (error instanceof Error ? error.message : String(error)));
          unchecked.push({ what, unknown: { reason: 'unreachable', detail: `${what} can't be read: ${why}` } });
        }
      }
      return { resources, unchecked };
    },
  };
}

/**
 * What `live` and `states` list together, each asked only where the environment's `sources` name it. What could not be
 * listed live stays unchecked, because a state knows only what it manages.
 */
export function bothInventories(live: Inventory, states: Inventory): Inventory {
  return {
    async list(environment, options) {
      const asked = sourcesOf(environment.value).some((source) => source.kind === 'live');
      const nothing = { resources: [], unchecked: [] };
      const [seen, managed] = await Promise.all([
        asked ? live.list(environment, options) : nothing,
        states.list(environment, options),
      ]);
      return {
        resources: [...seen.resources, ...managed.resources],
        unchecked: [...seen.unchecked, ...managed.unchecked],
      };
    },
  };
}
