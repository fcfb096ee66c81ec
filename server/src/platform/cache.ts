/** Answers kept between runs: one JSON file a key in the user's cache folder, readable by the user alone. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { holdsNoSecret } from '../core/drift/withoutSecrets.ts';
import type { Cache, CacheKey, Files } from '../core/ports.ts';

/** What nobody wrote for so long is let go of; of an earlier state of something, much sooner: an edit may be undone. */
const FORGET_MS = 90 * 86_400_000;
const SUPERSEDED_MS = 86_400_000;

/** Names of our files: of a group and a state of it, and as earlier versions of the program named them. */
const OURS = /^(?:([0-9a-z]+)-([0-9a-z]+)-)?[0-9a-f]{40}\.json$/;

interface Stored {
  /** The hash of the key: the key itself may hold a word that is a secret elsewhere. */
  readonly key: string;
  readonly at: string;
  readonly value: unknown;
}

export function createCache(files: Files, folder: string, redact: (text: string) => string): Cache {
  const tidied = new Set<string>();
  return {
    get: async (key) => {
      try {
        const stored: unknown = JSON.parse(await files.readText(path.join(folder, nameOf(key))));
        return isStored(stored) && stored.key === hashOf(key) ? { value: stored.value, at: stored.at } : undefined;
      } catch {
        // Missing, unreadable or half of another program's: as good as never kept.
        return undefined;
      }
    },
    set: async (key, value, at) => {
      try {
        await fs.mkdir(folder, { recursive: true, mode: 0o700 });
        const stored: Stored = {
          key: hashOf(key),
          at,
          value: holdsNoSecret(value, redact) ? value : redactDeep(value, redact),
        };
        await files.writeAtomic(path.join(folder, nameOf(key)), JSON.stringify(stored), 0o600);
        const [group = '', state = ''] = key.split('/');
        if (tidied.has(`${group}/${state}`)) return;
        tidied.add(`${group}/${state}`);
        await tidy(folder, group, state);
      } catch {
        // A cache that can't be written (read-only home, full disk) costs time, not correctness.
      }
    },
    remove: async (key) => {
      await files.remove(path.join(folder, nameOf(key)));
    },
  };
}

const hashOf = (key: CacheKey): string => createHash('sha256').update(key).digest('hex');

/** The group and its state stand in the name, so that nothing need be read to tidy up. */
function nameOf(key: CacheKey): string {
  const [group = '', state = ''] = key.split('/');
  return `${group}-${state}-${hashOf(key).slice(0, 40)}.json`;
}

/** Removes what nobody wrote for long, and what is of a state of `group` that is no more. */
async function tidy(folder: string, group: string, state: string): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    const ours = OURS.exec(name);
    if (!ours) continue;
    const file = path.join(folder, name);
    const age = Date.now() - (await fs.stat(file)).mtimeMs;
    const isSuperseded = ours[1] === group && ours[2] !== state;
    if (age > (isSuperseded ? SUPERSEDED_MS : FORGET_MS)) await fs.rm(file, { force: true });
  }
}

function isStored(value: unknown): value is Stored {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    'value' in value &&
    'at' in value &&
    typeof value.at === 'string'
  );
}

/** Plain JSON with every string redacted, keys too. */
export function redactDeep(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((each) => redactDeep(each, redact));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]: [string, unknown]) => [redact(key), redactDeep(each, redact)]),
    );
  }
  return value;
}
