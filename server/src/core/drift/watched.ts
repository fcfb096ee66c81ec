/** Which parts of its context a judgement looks at: what it doesn't look at can change without its being judged again. */
import { sameData } from '../document/sameData.ts';
import type { DriftContext } from './kinds/kind.ts';

/** How often each part has changed, by the place of its bit. */
export type Versions = readonly number[];
export const NO_VERSIONS: Versions = [0, 0, 0, 0, 0, 0, 0, 0];

/** One bit a part; what isn't a part (the file, the environment, the severities) counts as looked at by everyone. */
export const PART = {
  shared: 1,
  now: 2,
  backups: 4,
  restore: 8,
  /** The texts of the steps apart from what else the restore says: those are what is typed most. */
  texts: 16,
  upgrades: 32,
  resources: 64,
  observations: 128,
} as const;

export interface Watch {
  readonly context: DriftContext;
  /** The parts looked at since this was last asked. */
  readonly taken: () => number;
}

/** The context, telling what is looked at. It must be handed on as it is: a copy of it would look at everything. */
export function watched(context: DriftContext): Watch {
  let seen: number = PART.shared;
  const { file, document, now, backups, restore, upgrades, resources, observations, environment, severities } = context;
  const watchedRestore = Object.defineProperty({ ...restore }, 'texts', {
    get: () => {
      seen |= PART.texts;
      return restore.texts;
    },
  });
  return {
    context: {
      file,
      document,
      environment,
      ...(severities ? { severities } : {}),
      get now() {
        seen |= PART.now;
        return now;
      },
      get backups() {
        seen |= PART.backups;
        return backups;
      },
      get restore() {
        seen |= PART.restore;
        return watchedRestore;
      },
      get upgrades() {
        seen |= PART.upgrades;
        return upgrades;
      },
      get resources() {
        seen |= PART.resources;
        return resources;
      },
      get observations() {
        seen |= PART.observations;
        return observations;
      },
    },
    taken: () => {
      const parts = seen;
      seen = PART.shared;
      return parts;
    },
  };
}

/** The versions after `parts` changed; the same object where none did. */
export function bumped(versions: Versions, parts: number): Versions {
  return parts === 0 ? versions : versions.map((version, place) => ((parts >> place) & 1) + version);
}

/** Whether one of `parts` changed between the two. */
export function differ(one: Versions, other: Versions, parts: number): boolean {
  return one !== other && one.some((version, place) => ((parts >> place) & 1) === 1 && version !== other[place]);
}

/** The parts that say something else than before, but for the time and what was observed. */
export function changedParts(
  before: Omit<DriftContext, 'observations'>,
  now: Omit<DriftContext, 'observations'>,
): number {
  const { texts: textsBefore, ...restoreBefore } = before.restore;
  const { texts, ...restore } = now.restore;
  const same = {
    shared:
      before.file === now.file &&
      before.document === now.document &&
      sameData(before.environment, now.environment) &&
      sameData(before.severities, now.severities),
    backups: sameData(before.backups, now.backups),
    restore: sameData(restoreBefore, restore),
    texts: sameData(textsBefore, texts),
    upgrades: sameData(before.upgrades, now.upgrades),
    resources: sameResources(before.resources, now.resources),
  };
  return Object.entries(same).reduce(
    (parts, [part, isSame]) => (isSame ? parts : parts | PART[part as keyof typeof same]),
    0,
  );
}

/** The same objects by the same names, in the same order. */
function sameResources(before: DriftContext['resources'], now: DriftContext['resources']): boolean {
  if (before === now) return true;
  if (before.size !== now.size) return false;
  const others = before.entries();
  for (const [name, resource] of now) {
    const other = others.next().value;
    if (other?.[0] !== name || other[1] !== resource) return false;
  }
  return true;
}
