/** What is known live of a root's files, and what of it the features and the status are told. */
import type { LookupRequest, Observation } from '../core/drift/observation.ts';
import type { Finding } from '../core/finding.ts';
import type { DriftState, LiveView } from '../language/context.ts';
import type { Judged } from './driftJudging.ts';
import { nothingKnown, type Known } from './driftSeen.ts';

export interface FileState {
  readonly drifted: number;
  readonly unchecked: number;
  readonly checkedAtMs: number | undefined;
  /** Nothing was looked up where this is missing, because the workspace is not trusted. */
  readonly judged?: Judged;
}

export interface RootState {
  readonly files: Map<string, FileState>;
  readonly busy: Set<string>;
  readonly known: Known;
  /** What was judged of each file last, be it with more to come, or of a file of which nothing is known yet. */
  readonly judging: Map<string, Judged>;
  /** Files whose judging goes on behind what is typed. */
  readonly finishing: Set<string>;
  /** What was asked last, and the files' lists that it was made of. */
  asked:
    { readonly lists: readonly (readonly LookupRequest[])[]; readonly requests: readonly LookupRequest[] } | undefined;
  /** The run that is under way. */
  running: { readonly done: Promise<void>; readonly end: AbortController } | undefined;
  /** Files that wait for the next run, with the oldest answer that each takes. */
  readonly waiting: Map<string, { maxAgeMs: number; lastKnownOnly: boolean }>;
  /** What each file named when recordings were last asked for it, where nothing but recordings can be asked. */
  readonly replayed: Map<string, readonly LookupRequest[]>;
}

/** What the status bar tells. */
export interface DriftTotals {
  readonly busy: boolean;
  readonly drifted: number;
  readonly unchecked: number;
  readonly checkedAtMs: number | undefined;
  readonly identities: string[];
}

export function newState(): RootState {
  return {
    files: new Map(),
    busy: new Set(),
    known: nothingKnown(),
    judging: new Map(),
    finishing: new Set(),
    asked: undefined,
    running: undefined,
    waiting: new Map(),
    replayed: new Map(),
  };
}

/** The state of a file by what was judged of it. */
export function stateOfJudged(judged: Judged): FileState {
  // Those of one call were seen at one moment: a thousand resources have a few.
  const ats = new Set(judged.resources.map((each) => each.observation.at));
  const times = [...ats].map((at) => Date.parse(at)).filter(Number.isFinite);
  return {
    drifted: countOf(judged.findings, 'drift/'),
    unchecked: countOf(judged.findings, 'unchecked/'),
    checkedAtMs: times.length > 0 ? times.reduce((one, other) => Math.min(one, other)) : undefined,
    judged,
  };
}

/** What is known live, for the features. */
export function viewOf(state: RootState | undefined): LiveView {
  return {
    resourcesOf: (file) => state?.files.get(file)?.judged?.resources ?? [],
    all: () => [...(state?.files.values() ?? [])].flatMap((file) => file.judged?.resources ?? []),
    stateOf: (file) => stateOf(state, file),
  };
}

function stateOf(state: RootState | undefined, file: string): DriftState | undefined {
  const known = state?.files.get(file);
  const busy = state?.busy.has(file) ?? false;
  if (!known) return busy ? { drifted: 0, unchecked: 0, busy } : undefined;
  const { drifted, unchecked, checkedAtMs } = known;
  return { drifted, unchecked, busy, ...(checkedAtMs === undefined ? {} : { checkedAtMs }) };
}

/** Totals over every root. */
export function totalsOf(states: readonly RootState[]): DriftTotals {
  const files = states.flatMap((state) => [...state.files.values()]);
  const times = files.map((file) => file.checkedAtMs).filter((time) => time !== undefined);
  return {
    busy: states.some((state) => state.busy.size > 0),
    drifted: files.reduce((sum, file) => sum + file.drifted, 0),
    unchecked: files.reduce((sum, file) => sum + file.unchecked, 0),
    checkedAtMs: times.length > 0 ? times.reduce((one, other) => Math.max(one, other)) : undefined,
    identities: [...new Set(states.flatMap((state) => [...state.known.seen.values()].map(identityOf)))]
      .filter((each) => each !== '')
      .sort(),
  };
}

/** Who looked, and in which account; empty where nobody is named. */
function identityOf({ by, account }: Observation): string {
  return [by, account].filter((each) => each !== undefined).join(' in ');
}

function countOf(findings: readonly Finding[], area: string): number {
  return findings.filter((finding) => finding.code.startsWith(area)).length;
}
