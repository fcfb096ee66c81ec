/**
 * What the rules said of a runbook while it is edited. Each rule's looks into the view are written down; where all of them
 * would see the same again, what it said is said again. A rule that looks past the view runs every time.
 */
import type { Finding } from '../finding.ts';
import type { RuleContext } from './rule.ts';
import type { RunbookView } from './runbookView.ts';

/** What a rule looked at, by key of the view, with what it saw; undefined where it looked past the view. */
type Looks = Map<Exclude<keyof RunbookView, 'memo'>, unknown> | undefined;

interface Said {
  readonly looks: ReadonlyMap<Exclude<keyof RunbookView, 'memo'>, unknown>;
  readonly findings: readonly Finding[];
}

/** Of one document of an open file, from one check to the next. */
export interface KeptRules {
  view: RunbookView | undefined;
  readonly said: Map<string, Said>;
}

/** Nothing kept yet. */
export function noRules(): KeptRules {
  return { view: undefined, said: new Map() };
}

/** A view, and the context around it, whose reader is written down. */
export interface Watch {
  readonly view: RunbookView;
  readonly context: RuleContext;
  /** What `check` says, or what the rule said last time where it would say so again. */
  recall(kept: KeptRules, id: string, check: () => Iterable<Finding>): Iterable<Finding>;
}

/** Watches who looks at `view` and at `context`. */
export function watch(view: RunbookView, context: RuleContext): Watch {
  let looks: Looks = new Map();
  /** Runs `work` and tells what it alone looked at. */
  const during = <T>(work: () => T): { readonly made: T; readonly looks: Looks } => {
    const around = looks;
    looks = new Map();
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
    if (!inside) looks = undefined;
    else for (const [each, seen] of inside) looks?.set(each, seen);
    return made;
  };
  return {
    view: new Proxy(view, {
      get: (target, key: keyof RunbookView) => {
        if (key === 'memo') return memo;
        const seen: unknown = target[key];
        looks?.set(key, seen);
        return seen;
      },
    }),
    context: new Proxy(context, {
      get: (target, key: keyof RuleContext) => {
        looks = undefined;
        return target[key];
      },
    }),
    recall: (kept, id, check) => {
      const last = kept.said.get(id);
      if (last && wouldSeeTheSame(last.looks, view)) return last.findings;
      const now = during(() => [...check()]);
      if (now.looks) kept.said.set(id, { looks: now.looks, findings: now.made });
      else kept.said.delete(id);
      return now.made;
    },
  };
}

function wouldSeeTheSame(looks: Said['looks'], view: RunbookView): boolean {
  for (const [key, seen] of looks) if (!Object.is(view[key], seen)) return false;
  return true;
}
