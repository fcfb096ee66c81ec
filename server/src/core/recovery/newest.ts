/** Which of the stored objects is the backup to restore: newest by the time in its name, else by the store's own. */
import { linearPattern } from '../values/linearPattern.ts';
import { timeReader } from './timePattern.ts';
import type { NoteRecord } from './record.ts';

/** An object or file of a store, as listed. */
export interface StoredObject {
  /** Key or path; unique in the listing together with `versionId`. */
  readonly key: string;
  /** Behind the prefix or the folder, with `/`. */
  readonly name: string;
  readonly bytes: number;
  /** The store's own time, milliseconds. */
  readonly storedMs: number;
  readonly versionId?: string;
  /** Hidden by a delete marker, or an older version of a key that was overwritten. */
  readonly hidden?: 'delete-marker' | 'overwritten';
  readonly storageClass?: string;
  readonly etag?: string;
}

export interface ChooseOptions {
  readonly match?: string;
  readonly time?: string;
  readonly backupId?: string;
  readonly beforeMs?: number;
  /** Skip this many of the newest ones: scenarios. */
  readonly skip?: number;
  readonly now: number;
  readonly intervalMs?: number;
}

export interface Candidate extends StoredObject {
  readonly timeMs: number;
  readonly timeFrom: 'name' | 'store';
}

export interface Choice {
  readonly chosen: Candidate | undefined;
  /** The ones that could be restored, newest first. */
  readonly candidates: readonly Candidate[];
  readonly notes: readonly NoteRecord[];
  /** Why there is none. */
  readonly why?: string;
}

const SIDECAR =
  /\.(?:sha256(?:sum)?|sha512(?:sum)?|sha1|md5|sig|asc\.sig|minisig|json|txt|log|part|tmp|partial|manifest)$/iu;
const HOUR = 3_600_000;

/** Chooses among `objects`; what doesn't fit `match` or `time` is left out, sidecars too. */
export function chooseBackup(objects: readonly StoredObject[], options: ChooseOptions): Choice {
  const notes: NoteRecord[] = [];
  const fits = options.match === undefined ? undefined : globReader(options.match);
  const read = options.time === undefined ? undefined : timeReader(options.time);
  const candidates: Candidate[] = [];
  let untimed = 0;
  for (const object of objects) {
    if (object.name === '' || object.name.endsWith('/')) continue;
    const base = object.name.slice(object.name.lastIndexOf('/') + 1);
    if (fits ? !(fits(object.name) || fits(base)) : SIDECAR.test(base)) continue;
    const named = read === undefined ? undefined : (read(object.name) ?? read(base) ?? read(object.key));
    if (read !== undefined && named === undefined) {
      untimed += 1;
      if (fits === undefined) continue;
    }
    candidates.push({ ...object, timeMs: named ?? object.storedMs, timeFrom: named === undefined ? 'store' : 'name' });
  }
  candidates.sort(
    (left, right) => right.timeMs - left.timeMs || right.storedMs - left.storedMs || (left.key < right.key ? 1 : -1),
  );
  if (untimed > 0 && fits !== undefined) {
    notes.push({
      severity: 'warning',
      message: `${untimed} stored name${untimed === 1 ? ' does' : 's do'} not fit the time pattern "${options.time ?? ''}"; the store's own time was taken for ${untimed === 1 ? 'it' : 'them'}.`,
    });
  }
  const visible = candidates.filter((candidate) => candidate.hidden === undefined);
  notes.push(...hiddenNotes(candidates, visible));
  let open = visible.length > 0 ? visible : candidates;
  if (options.backupId !== undefined) {
    const wanted = options.backupId;
    const found = candidates.find(
      (each) =>
        [each.versionId, each.key, each.name, each.name.slice(each.name.lastIndexOf('/') + 1)].includes(wanted) ||
        each.key === wanted.replace(/^s3:\/\/[^/]+\//u, ''),
    );
    return found
      ? { chosen: found, candidates, notes }
      : {
          chosen: undefined,
          candidates,
          notes,
          why: `There is no backup "${wanted}"; the newest one here is ${open[0] ? `"${open[0].name}"` : 'none'}.`,
        };
  }
  if (options.beforeMs !== undefined) {
    const before = options.beforeMs;
    open = (
      visible.length > 0 ? [...visible, ...candidates.filter((each) => each.hidden === 'overwritten')] : candidates
    ).filter((candidate) => candidate.timeMs < before);
    open.sort((left, right) => right.timeMs - left.timeMs);
  } else notes.push(...healthNotes(visible, options));
  const chosen = open[options.skip ?? 0];
  if (chosen) return { chosen, candidates: open, notes };
  return { chosen: undefined, candidates: open, notes, why: whyNone(objects, candidates, options) };
}

/** One sentence's second half: what was there instead. */
function whyNone(objects: readonly StoredObject[], candidates: readonly Candidate[], options: ChooseOptions): string {
  if (options.beforeMs !== undefined && candidates.length > 0) {
    return `None of the ${candidates.length} backups is older than ${new Date(options.beforeMs).toISOString()}.`;
  }
  if ((options.skip ?? 0) > 0 && candidates.length > 0)
    return candidates.length === 1
      ? 'There is only one backup, and the scenario takes it away.'
      : `There are only ${candidates.length} backups, and the scenario takes away the newest.`;
  if (objects.length === 0) return 'Nothing is stored there.';
  const pattern = [options.match, options.time].filter((each) => each !== undefined).map((each) => `"${each}"`);
  return `${objects.length} object${objects.length === 1 ? ' is' : 's are'} stored there, but none fits ${pattern.length > 0 ? pattern.join(' and ') : 'as a backup'} (the first is "${objects[0]?.name ?? ''}").`;
}

function hiddenNotes(candidates: readonly Candidate[], visible: readonly Candidate[]): readonly NoteRecord[] {
  const deleted = candidates.filter((candidate) => candidate.hidden === 'delete-marker');
  const newest = deleted[0];
  if (!newest) return [];
  const shown = visible[0];
  if (shown && shown.timeMs >= newest.timeMs) return [];
  return [
    {
      severity: 'warning',
      code: 'backup-hidden',
      message: `"${newest.name}" (version ${newest.versionId ?? 'unknown'}) is ${shown ? 'newer than the newest visible backup' : 'a backup'}, but hidden by a delete marker; who deleted it should be known.`,
    },
  ];
}

/** Missed schedules, a size that collapsed, times that disagree or lie in the future. */
function healthNotes(visible: readonly Candidate[], options: ChooseOptions): readonly NoteRecord[] {
  const notes: NoteRecord[] = [];
  const [newest, second] = visible;
  if (!newest) return notes;
  const byStore = [...visible].sort((left, right) => right.storedMs - left.storedMs)[0];
  if (
    newest.timeFrom === 'name' &&
    byStore &&
    byStore.key !== newest.key &&
    byStore.storedMs > newest.storedMs + 1000
  ) {
    notes.push({
      severity: 'warning',
      code: 'newest-disagrees',
      message: `By the time in its name "${newest.name}" is the newest backup, by the store's own time it is "${byStore.name}"; the name was followed.`,
    });
  }
  if (newest.timeMs > options.now + HOUR) {
    notes.push({
      severity: 'warning',
      code: 'backup-in-future',
      message: `"${newest.name}" is dated ${new Date(newest.timeMs).toISOString()}, which is in the future.`,
    });
  }
  const earlier = visible
    .slice(1, 8)
    .map((each) => each.bytes)
    .sort((left, right) => left - right);
  const usual = earlier[Math.floor(earlier.length / 2)];
  if (second && usual !== undefined && usual > 0 && newest.bytes < usual / 2) {
    notes.push({
      severity: 'warning',
      code: 'size-collapsed',
      message: `"${newest.name}" has ${newest.bytes} bytes, the ones before it had about ${usual}: less than half.`,
    });
  }
  if (options.intervalMs !== undefined && second) {
    const gaps = visible.slice(0, 8).flatMap((each, index) => {
      const before = visible[index + 1];
      return before ? [each.timeMs - before.timeMs] : [];
    });
    const interval = options.intervalMs;
    const missed = gaps.filter((gap) => gap > interval * 1.5).length;
    if (missed > 0) {
      notes.push({
        severity: 'warning',
        code: 'schedule-missed',
        message: `Among the last ${gaps.length + 1} backups ${missed === 1 ? 'a run was' : `${missed} runs were`} missed: the largest gap is ${Math.round(Math.max(...gaps) / 60_000)} minutes, the schedule says at most ${Math.round(interval / 60_000)}.`,
      });
    }
  }
  return notes;
}

/** With more of them RegExp may try so many ways that it never ends; up to that it is the quicker one. */
const FEW_WILDCARDS = 2;

/** A glob over names: `*` and `?` within a segment, `**` across, `[ab]`, `{a,b}`. */
export function globReader(glob: string): (name: string) => boolean {
  let source = '';
  let braces = 0;
  let wildcards = 0;
  for (let index = 0; index < glob.length; index++) {
    const character = glob.charAt(index);
    if (character === '*') {
      wildcards += 1;
      if (glob.charAt(index + 1) === '*') {
        index += 1;
        if (glob.charAt(index + 1) === '/') index += 1;
        source += '[^]*';
      } else source += '[^/]*';
    } else if (character === '?') source += '[^/]';
    else if (character === '{') {
      braces += 1;
      wildcards += 1;
      source += '(?:';
    } else if (character === '}' && braces > 0) {
      braces -= 1;
      source += ')';
    } else if (character === ',' && braces > 0) source += '|';
    else if (character === '[') {
      const close = glob.indexOf(']', index + 2);
      if (close < 0) source += '\\[';
      else {
        source += `[${glob
          .slice(index + 1, close)
          .replace(/^!/u, '^')
          .replace(/[\\[]/gu, '\\$&')}]`;
        index = close;
      }
    } else source += character.replace(/[\\^$.+()|[\]}/]/gu, '\\$&');
  }
  while (braces-- > 0) source += ')';
  const pattern = linearPattern(`^(?:${source})$`);
  // A range the wrong way round is no range: then the name is the glob itself.
  if ('problem' in pattern) return (name) => name === glob;
  if (wildcards > FEW_WILDCARDS) return (name) => pattern.match(name) !== undefined;
  const expression = new RegExp(`^(?:${source})$`, 'u');
  return (name) => expression.test(name);
}
