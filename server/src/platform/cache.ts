/** Answers kept between runs: one JSON file a key in the user's cache folder, readable by the user alone. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Cache, Files } from '../core/ports.ts';

interface Stored {
  readonly key: string;
  readonly at: string;
  readonly value: unknown;
}

export function createCache(files: Files, folder: string, redact: (text: string) => string): Cache {
  const place = (key: string): string =>
    path.join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`);
  return {
    get: async (key) => {
      try {
        const stored: unknown = JSON.parse(await files.readText(place(key)));
        return isStored(stored) && stored.key === redact(key) ? { value: stored.value, at: stored.at } : undefined;
      } catch {
        // Missing, unreadable or half of another program's: as good as never kept.
        return undefined;
      }
    },
    set: async (key, value, at) => {
      try {
        await fs.mkdir(folder, { recursive: true, mode: 0o700 });
        const stored: Stored = {
          key: redact(key),
          at,
          value: isClean(value, redact) ? value : redactDeep(value, redact),
        };
        await files.writeAtomic(place(key), JSON.stringify(stored), 0o600);
      } catch {
        // A cache that can't be written (read-only home, full disk) costs time, not correctness.
      }
    },
    remove: async (key) => {
      await files.remove(place(key));
    },
  };
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

/**
 * Nothing in it is to be blanked: told by all its strings at once, as a pattern that fits one of them fits it there too. A
 * thousand answers say the same few things, and hold a secret next to never.
 */
function isClean(value: unknown, redact: (text: string) => string): boolean {
  const strings = new Set<string>();
  const gather = (each: unknown): void => {
    if (typeof each === 'string') strings.add(each);
    else if (Array.isArray(each)) each.forEach(gather);
    else if (typeof each === 'object' && each !== null)
      for (const [key, inner] of Object.entries(each)) {
        strings.add(key);
        gather(inner);
      }
  };
  gather(value);
  const text = [...strings].join('\n');
  return redact(text) === text;
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
