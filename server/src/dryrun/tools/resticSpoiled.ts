/** What goes wrong on purpose with a restic repository: a stand-in with a byte of the snapshot changed, and restic's own limit. */
import { join } from 'node:path';
import type { FoundBackup, RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { asMap, asText } from '../../core/references/read.ts';
import type { EnginePorts } from '../ports.ts';
import { standIn } from '../spoiled.ts';
import { lastWords, runTool } from '../tool.ts';

export interface Snapshot {
  readonly id: string;
  readonly short_id?: string;
  readonly time: string;
  readonly hostname?: string;
  readonly paths?: readonly string[];
  readonly tree?: string;
}

/** What `FoundBackup.handle` is of restic. */
export interface Handle {
  readonly snapshot: Snapshot;
  readonly program: string;
  readonly base: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Where a blob lies: which pack, and the place of its middle. */
interface Place {
  readonly pack: string;
  readonly at: number;
}

/** Folders of a snapshot that are looked through for a file with content. */
const MOST_FOLDERS = 200;

/** The snapshot in a stand-in of its repository, in which a byte of its first file is another. */
export async function spoiled(ports: EnginePorts, run: RunContext, found: FoundBackup): Promise<FoundBackup> {
  const handle = found.handle as Handle;
  const repository = handle.env['RESTIC_REPOSITORY'] ?? '';
  if (!repository.startsWith('/'))
    throw new StageFault(
      'inconclusive',
      `The scenario newest-corrupt can't be played with the restic repository ${ports.secrets.redact(repository)}: only one in a folder of this machine can be stood in for; leave the scenario out of this dry run.`,
    );
  const ask = async (...args: string[]): Promise<unknown> => {
    const said = await runTool(ports, run, handle.program, [...handle.base, ...args], {
      stage: 'locate',
      env: handle.env,
      quiet: true,
      asSelf: true,
      keepBytes: 256 * 1024 * 1024,
    });
    if (said.code !== 0)
      throw new StageFault(
        'inconclusive',
        `The scenario newest-corrupt could not be played: restic says "${lastWords(said)}".`,
      );
    return args[0] === 'list' ? said.stdout.trim().split(/\s+/u) : (JSON.parse(said.stdout) as unknown);
  };
  const blob = await firstContent(ask, handle.snapshot.tree ?? '', asText(found.plan.settings['path']));
  const place = await placeOf(ask, blob);
  if (!place)
    throw new StageFault(
      'failed',
      `The restic repository is damaged or incomplete: no index of it names ${blob}, which the snapshot ${found.record.id} needs.`,
    );
  const file = `data/${place.pack.slice(0, 2)}/${place.pack}`;
  const copy = await standIn(ports, run, repository, file, place.at);
  return {
    ...found,
    handle: {
      ...handle,
      // A cache of its own: what restic has of the whole repository would be read instead.
      env: { ...handle.env, RESTIC_REPOSITORY: copy, RESTIC_CACHE_DIR: join(run.folder, 'spoiled-cache') },
    } satisfies Handle,
  };
}

/** The snapshot read at no more than `bytesPerSecond`. */
export function slowed(found: FoundBackup, bytesPerSecond: number): FoundBackup {
  const handle = found.handle as Handle;
  const limit = ['--limit-download', String(Math.ceil(bytesPerSecond / 1024))];
  return { ...found, handle: { ...handle, base: [...handle.base, ...limit] } satisfies Handle };
}

/** A blob that the restore of the snapshot, or of `inside` in it, needs: of the first file with content, else its tree. */
async function firstContent(
  ask: (...args: string[]) => Promise<unknown>,
  root: string,
  inside: string | undefined,
): Promise<string> {
  const wanted = inside?.replace(/^\/+|\/+$/gu, '');
  const leadsThere = (path: string): boolean =>
    wanted === undefined || path === wanted || wanted.startsWith(`${path}/`) || path.startsWith(`${wanted}/`);
  const folders = [{ id: root, path: '' }];
  for (let looked = 0; looked < MOST_FOLDERS; looked++) {
    const folder = folders.shift();
    if (folder === undefined) break;
    const nodes = asMap(await ask('cat', 'blob', folder.id))['nodes'];
    for (const node of (Array.isArray(nodes) ? nodes : []).map(asMap)) {
      const path = `${folder.path}${asText(node['name']) ?? ''}`;
      if (!leadsThere(path)) continue;
      const content: unknown = Array.isArray(node['content']) ? node['content'][0] : undefined;
      if (typeof content === 'string') return content;
      const subtree = asText(node['subtree']);
      if (subtree !== undefined) folders.push({ id: subtree, path: `${path}/` });
    }
  }
  return root;
}

/** Where the repository's indexes say that the blob lies. */
async function placeOf(ask: (...args: string[]) => Promise<unknown>, blob: string): Promise<Place | undefined> {
  for (const index of (await ask('list', 'index')) as readonly string[]) {
    const packs = asMap(await ask('cat', 'index', index))['packs'];
    for (const pack of (Array.isArray(packs) ? packs : []).map(asMap)) {
      const blobs = (Array.isArray(pack['blobs']) ? pack['blobs'] : []).map(asMap);
      const here = blobs.find((each) => each['id'] === blob);
      const id = asText(pack['id']);
      if (here === undefined || id === undefined) continue;
      return { pack: id, at: Number(here['offset']) + Math.floor(Number(here['length']) / 2) };
    }
  }
  return undefined;
}
