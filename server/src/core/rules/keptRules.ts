/**
 * What the rules said of a runbook while it is edited. What each rule looked at is written down; where none of that has
 * changed since, what it said is said again. A rule that looks past what is watched runs every time.
 */
import type { Known } from '../../generated/validators.js';
import type { Finding } from '../finding.ts';
import { nothingKnown } from '../schema/known.ts';
import { DOCUMENT_KINDS, type Workspace } from '../workspace.ts';
import { steadyUntil } from './changes.ts';
import type { RuleContext } from './rule.ts';
import type { RunbookView } from './runbookView.ts';

type ViewPart = Exclude<keyof RunbookView, 'memo'>;

/** The parts of a view, each with a bit of its own by its place. */
const VIEW_PARTS = Object.keys({
  ...{
    entry: 0,
    file: 0,
    environment: 0,
    value: 0,
    name: 0,
    recovery: 0,
    class: 0,
    policy: 0,
    replication: 0,
    restore: 0,
    rpo: 0,
    rto: 0,
  },
  ...{ resources: 0, backups: 0, groups: 0, steps: 0, dryRuns: 0 },
} satisfies Record<ViewPart, 0>) as readonly ViewPart[];

/** Parts of the context, behind those of the view: other documents as far as they are seen from here, evidence, owners. */
const WORKSPACE = VIEW_PARTS.length;
const EVIDENCE = WORKSPACE + 1;
const CODE_OWNERS = EVIDENCE + 1;
/** Looked past everything that is watched. */
const PAST = 1 << 30;

/** What was looked at: parts as bits, and until when the time says the same. */
interface Looks {
  parts: number;
  until: number;
}

interface Said extends Looks {
  /** The check in which it was said, or last found to hold, and the time of the one in which it was said. */
  check: number;
  readonly now: number;
  readonly findings: readonly Finding[];
}

/** Of one document of an open file, from one check to the next. */
export interface KeptRules {
  view: RunbookView | undefined;
  /** What of the document its schema holds for. */
  readonly valid: Known;
  /** How many checks there were. */
  checks: number;
  /** By part: what it was last, and the check that found it changed. */
  readonly seen: unknown[];
  readonly changedIn: number[];
  readonly said: Map<string, Said>;
}

/** Nothing kept yet. */
export function noRules(): KeptRules {
  return { view: undefined, valid: nothingKnown(), checks: 0, seen: [], changedIn: [], said: new Map() };
}

/** A view, and the context around it, whose reader is written down. */
export interface Watch {
  readonly view: RunbookView;
  readonly context: RuleContext;
  /** What the rule said last time, where it would say so again. */
  recall(id: string): readonly Finding[] | undefined;
  /** What `check` says, kept for the next time. */
  readonly listen: (id: string, check: () => readonly Finding[]) => readonly Finding[];
}

/** Watches who looks at `view` and at `context`. */
export function watch(kept: KeptRules, view: RunbookView, context: RuleContext): Watch {
  const { now } = context;
  let looks: Looks = nothing();
  /** Runs `work` and tells what it alone looked at. */
  const during = <T>(work: () => T): { readonly made: T; readonly looks: Looks } => {
    const around = looks;
    looks = nothing();
    try {
      const made = work();
      return { made, looks };
    } finally {
      looks = around;
    }
  };
  const looksOfMemo = new Map<string, Looks>();
  const memo = <T>(key: string, compute: () => T): T => {
    const made = view.memo(key, () => {
      const first = during(compute);
      looksOfMemo.set(key, first.looks);
      return first.made;
    });
    const inside = looksOfMemo.get(key);
    looks.parts |= inside?.parts ?? PAST;
    looks.until = Math.min(looks.until, inside?.until ?? looks.until);
    return made;
  };
  const check = ++kept.checks;
  const changed = changedParts(kept, view, context);
  const holds = (said: Said): boolean => {
    if (now < said.now || now >= said.until) return false;
    return said.check === check - 1 ? (said.parts & changed) === 0 : unchangedSince(kept, said);
  };
  const look = (parts: number): void => {
    looks.parts |= parts;
  };
  const watched: unknown = new WatchedView(view, memo, look);
  return {
    view: watched as RunbookView,
    context: watchedContext(context, look, (until) => (looks.until = Math.min(looks.until, until))),
    recall: (id) => {
      const last = kept.said.get(id);
      if (!last || !holds(last)) return undefined;
      last.check = check;
      return last.findings;
    },
    listen: (id, work) => {
      const { made, looks: own } = during(work);
      if ((own.parts & PAST) === 0) kept.said.set(id, { ...own, check, now, findings: made });
      else kept.said.delete(id);
      return made;
    },
  };
}

function nothing(): Looks {
  return { parts: 0, until: Infinity };
}

/** Brings up to date what was seen last, and tells which parts differ from it. */
function changedParts(kept: KeptRules, view: RunbookView, context: RuleContext): number {
  let changed = 0;
  const take = (place: number, now: unknown): void => {
    if (kept.checks > 1 && Object.is(kept.seen[place], now)) return;
    kept.seen[place] = now;
    kept.changedIn[place] = kept.checks;
    changed |= 1 << place;
  };
  VIEW_PARTS.forEach((part, place) => {
    take(place, view[part]);
  });
  take(WORKSPACE, stateOf(context.workspace));
  take(EVIDENCE, context.evidence);
  take(CODE_OWNERS, context.codeOwners);
  return changed;
}

/** What is seen of all documents from another one: each number only grows, so their sum is another as soon as one is. */
function stateOf(workspace: Workspace): number {
  return DOCUMENT_KINDS.reduce((sum, kind) => sum + workspace.revision(kind), 0);
}

function unchangedSince({ changedIn }: KeptRules, { parts, check }: Said): boolean {
  return changedIn.every((changed, place) => changed <= check || (parts & (1 << place)) === 0);
}

/** A view that tells which of its parts is looked at. */
class WatchedView {
  readonly memo: RunbookView['memo'];
  readonly #view: RunbookView;
  readonly #look: (parts: number) => void;

  constructor(view: RunbookView, memo: RunbookView['memo'], look: (parts: number) => void) {
    this.#view = view;
    this.#look = look;
    this.memo = memo;
  }

  static {
    VIEW_PARTS.forEach((part, place) => {
      Object.defineProperty(WatchedView.prototype, part, {
        get(this: WatchedView): unknown {
          this.#look(1 << place);
          return this.#view[part];
        },
      });
    });
  }
}

function watchedContext(
  context: RuleContext,
  look: (part: number) => void,
  holdsUntil: (ms: number) => void,
): RuleContext {
  let steady: number | undefined;
  return {
    get workspace() {
      look(1 << WORKSPACE);
      return context.workspace;
    },
    get evidence() {
      look(1 << EVIDENCE);
      return context.evidence;
    },
    get codeOwners() {
      look(1 << CODE_OWNERS);
      return context.codeOwners;
    },
    get now() {
      holdsUntil((steady ??= steadyUntil(context.evidence, context.now)));
      return context.now;
    },
    get changesAt() {
      return (ms: number) => {
        holdsUntil(ms);
        context.changesAt?.(ms);
      };
    },
    get entry() {
      look(PAST);
      return context.entry;
    },
    get memo() {
      look(PAST);
      return context.memo;
    },
    get kept() {
      look(PAST);
      return context.kept;
    },
  } as RuleContext;
}
