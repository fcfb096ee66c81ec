/** Whether some copy of a source lies in another account or region than the source: what one mistake or one fault can't reach. */
import { accountNamed } from '../../references/environment.ts';
import type { Entry, Workspace } from '../../workspace.ts';
import { environmentIn } from '../environmentView.ts';
import { at } from '../read.ts';
import type { BackupView, ResourceView, RunbookView, SourceGroup } from '../runbookView.ts';

const CLOUDS: readonly string[] = ['aws', 'gcp', 'azure', 'kubernetes'];

/** `local` where every copy is in a folder; `unknown` where some copy's place, or the source's, can't be told: then nothing is claimed. */
export type Apart = 'apart' | 'same' | 'local' | 'unknown';

/** How the copies of `group` lie to their source, by `account` or by `region`. */
export function apartness(
  view: RunbookView,
  workspace: Workspace,
  group: SourceGroup,
  by: 'account' | 'region',
): Apart {
  const source = view.resources.get(group.of ?? '');
  const home = source && place(view, workspace, source, by);
  let unknown = false;
  let remote = false;
  for (const backup of group.backups) {
    const store = storeOf(view, backup);
    if (store === 'local') continue;
    remote = true;
    const where = store === 'source' ? home : store && place(view, workspace, store, by);
    if (where === undefined || home === undefined) unknown = true;
    else if (where !== home) return 'apart';
  }
  return unknown ? 'unknown' : remote ? 'same' : 'local';
}

function storeOf(view: RunbookView, backup: BackupView): ResourceView | 'source' | 'local' | undefined {
  if (backup.bucket !== undefined) return view.resources.get(backup.bucket);
  if (at(backup.value, 'in', 'folder') !== undefined) return 'local';
  const vault = at(backup.value, 'in', 'vault');
  if (typeof vault === 'string') return view.resources.get(vault);
  return ['rds-snapshot', 'dynamodb-pitr', 'ebs-snapshot'].includes(backup.tool) ? 'source' : undefined;
}

/** The account's id where the environment tells it, else its alias; the region as written. */
function place(
  view: RunbookView,
  workspace: Workspace,
  resource: ResourceView,
  by: 'account' | 'region',
): string | undefined {
  const written = by === 'region' ? resource.region : resource.account;
  if (written?.includes('${{') === true) return undefined;
  if (by === 'region') return written;
  const environment = environmentIn(view, workspace);
  if (!environment) return written;
  const cloud = resource.kind.split('/')[0] ?? '';
  // Thousands of runbooks name the few accounts of one environment.
  const key = `account or alias ${environment.file}#${environment.document.index} ${cloud} ${written === undefined ? '' : `=${written}`}`;
  return workspace.memoAmong('Environment', key, () => accountId(environment, written, cloud) ?? written);
}

/** A database of no cloud may run in an account of any: there the alias alone tells. */
function accountId(environment: Entry, written: string | undefined, cloud: string): string | undefined {
  const own = accountNamed(environment, written, cloud)?.id;
  if (own !== undefined || written === undefined || CLOUDS.includes(cloud)) return own;
  const ids = new Set(CLOUDS.flatMap((each) => accountNamed(environment, written, each)?.id ?? []));
  return ids.size === 1 ? [...ids][0] : undefined;
}
