/** Where answers are kept between runs: all of one kind, account and region on one shelf, as a file for each costs more than asking. */
import type { Observation } from '../core/drift/observation.ts';
import { holdsNoSecret, withoutSecrets } from '../core/drift/withoutSecrets.ts';
import type { Cache, CacheKey, Clock } from '../core/ports.ts';

/** An answer that nobody asked for in so long is left out when its shelf is written next, milliseconds. */
const FORGET_MS = 90 * 86_400_000;
/** How far ahead another machine's clock may be where the folder is shared, milliseconds. */
const AHEAD_MS = 60_000;

interface Spot {
  readonly shelf: CacheKey;
  /** What the answer is known by on its shelf: a hash, since an id may hold a word that is a secret elsewhere. */
  readonly row: string;
}

export interface Shelves {
  /** In order; undefined where nothing is kept. */
  read(spots: readonly Spot[]): Promise<readonly (Observation | undefined)[]>;
  /** Keeps these beside what is there, other windows' answers included: of two for one row the newer stays. */
  write(answers: readonly (Spot & { readonly observation: Observation })[]): Promise<void>;
}

export function createShelves(clock: Clock, store: Cache | undefined, redact: (text: string) => string): Shelves {
  /** What was written to each shelf from here: it goes there again if another window wrote over it at the same moment. */
  const own = new Map<CacheKey, Map<string, Observation>>();
  const writing = new Map<CacheKey, Promise<void>>();

  const rowsOf = async (shelf: CacheKey): Promise<ReadonlyMap<string, Observation>> => {
    const kept = (await store?.get(shelf))?.value;
    if (typeof kept !== 'object' || kept === null) return new Map();
    // Seen later than now: kept while the clock was wrong. It would count as the newest there is until that time comes.
    const latest = clock.now() + AHEAD_MS;
    return new Map(
      Object.entries(kept).filter(
        (each): each is [string, Observation] => isObservation(each[1]) && Date.parse(each[1].at) <= latest,
      ),
    );
  };

  const writeShelf = async (shelf: CacheKey): Promise<void> => {
    const mine = own.get(shelf);
    if (!store || !mine) return;
    const rows = new Map(await rowsOf(shelf));
    for (const [row, observation] of mine) {
      const there = rows.get(row);
      if (!there || Date.parse(there.at) <= Date.parse(observation.at)) rows.set(row, observation);
    }
    const oldest = clock.now() - FORGET_MS;
    const kept = [...rows].filter(([, { at }]) => Date.parse(at) >= oldest);
    const newest = kept.reduce((last, [, { at }]) => (at > last ? at : last), '');
    await store.set(shelf, Object.fromEntries(kept), newest);
  };

  return {
    async read(spots) {
      if (!store) return spots.map(() => undefined);
      const shelves = new Map<CacheKey, ReadonlyMap<string, Observation>>();
      // One after the other: where this is the editor's thread, what is typed goes in between.
      for (const shelf of new Set(spots.map((spot) => spot.shelf))) shelves.set(shelf, await rowsOf(shelf));
      return spots.map(({ shelf, row }) => shelves.get(shelf)?.get(row));
    },
    async write(answers) {
      if (!store) return;
      const touched = new Set<CacheKey>();
      const isClean = holdsNoSecret(
        answers.map(({ observation }) => observation),
        redact,
      );
      for (const { shelf, row, observation: seen } of answers) {
        const observation = isClean ? seen : withoutSecrets(seen, redact);
        if (!observation) continue;
        const rows = own.get(shelf) ?? new Map<string, Observation>();
        own.set(shelf, rows.set(row, observation));
        touched.add(shelf);
      }
      await Promise.all(
        [...touched].map(async (shelf) => {
          // Runs of one process write a shelf in turn.
          const turn = (writing.get(shelf) ?? Promise.resolve()).then(async () => await writeShelf(shelf));
          writing.set(shelf, turn);
          await turn;
        }),
      );
    },
  };
}

function isObservation(value: unknown): value is Observation {
  if (typeof value !== 'object' || value === null || !('state' in value) || !('at' in value)) return false;
  const { state } = value;
  if (typeof value.at !== 'string') return false;
  return state === 'absent' || (state === 'found' && 'facts' in value && isRecord(value.facts));
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
