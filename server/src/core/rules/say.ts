/** How the rules of policy, practice and evidence are written: one function over a view, which says what it finds. */
import type { Path } from '../document/node.ts';
import { nodeAt } from '../document/navigate.ts';
import type { Finding, Severity } from '../finding.ts';
import type { Entry } from '../workspace.ts';
import { watch, type Watch } from './keptRules.ts';
import type { Rule, RuleContext } from './rule.ts';
import { runbookView, type RunbookView } from './runbookView.ts';

export type Extra = Partial<
  Pick<Finding, 'at' | 'expected' | 'actual' | 'fixes' | 'data' | 'related' | 'span' | 'relative'>
>;
/** Reports one finding at `path`; where nothing stands there, the nearest parent's key is marked. */
export type Say = (path: Path, message: string, extra?: Extra) => void;

interface Description {
  readonly id: string;
  readonly title: string;
  /** Default: information for practice, warning for the rest. */
  readonly severity?: Severity;
}

const NONE: readonly Finding[] = [];

/** Writes down what the rule at work says. One a document: most of the many rules say nothing, and so cost nothing here. */
class Hearing {
  readonly #entry: Entry;
  #rule: Pick<Rule, 'id' | 'severity'> | undefined;
  #found: Finding[] | undefined;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  readonly #say: Say = (path, message, extra) => {
    if (!this.#rule) return;
    this.#found ??= [];
    this.#found.push({
      code: this.#rule.id,
      severity: this.#rule.severity,
      message,
      file: this.#entry.file,
      document: this.#entry.document.index,
      path,
      ...extra,
    });
  };

  /** From here on `rule` speaks. */
  listen(rule: Pick<Rule, 'id' | 'severity'>): Say {
    this.#rule = rule;
    this.#found = undefined;
    return this.#say;
  }

  /** What it said. */
  heard(): readonly Finding[] {
    return this.#found ?? NONE;
  }
}

/** What all rules over one runbook share. */
interface Reading {
  readonly view: RunbookView;
  readonly hearing: Hearing;
  /** Where what the rules say is kept from one check to the next. */
  readonly watch: Watch | undefined;
}

/** The runbook, read once for all rules where the context lends them a memo. */
function readingOf(context: RuleContext): Reading {
  const known = context.memo?.get('reading') as Reading | undefined;
  if (known) return known;
  const { kept } = context;
  const view = runbookView(context.workspace, context.entry, kept?.view);
  const reading = { view, hearing: new Hearing(context.entry), watch: kept && watch(kept, view, context) };
  context.memo?.set('reading', reading);
  if (kept) kept.view = view;
  return reading;
}

/** What stands in the table of a rule, whatever it is over. */
function rowOf({ id, title, severity }: Description): Pick<Rule, 'id' | 'title' | 'severity'> {
  return { id, title, severity: severity ?? (id.startsWith('practice/') ? 'information' : 'warning') };
}

/** A rule over runbooks. */
export function runbookRule(
  description: Description,
  check: (view: RunbookView, say: Say, context: RuleContext) => void,
): Rule {
  const row = rowOf(description);
  return {
    ...row,
    check(context) {
      if (context.entry.kind !== 'Runbook') return NONE;
      const { view, hearing, watch: watched } = readingOf(context);
      if (watched) return watched.recall(row.id) ?? heardAnew(watched, hearing, row, check);
      check(view, hearing.listen(row), context);
      return hearing.heard();
    },
  };
}

/** What a rule says while it is watched. */
function heardAnew(
  { listen, view, context }: Watch,
  hearing: Hearing,
  row: Pick<Rule, 'id' | 'severity'>,
  check: (view: RunbookView, say: Say, context: RuleContext) => void,
): readonly Finding[] {
  return listen(row.id, () => {
    check(view, hearing.listen(row), context);
    return hearing.heard();
  });
}

/**
 * An opinion about runbooks: not held against classes that are ephemeral (rebuilt, so held to less) or mandated (held to
 * exactly what the regulation says).
 */
export function opinion(
  description: Description,
  check: (view: RunbookView, say: Say, context: RuleContext) => void,
): Rule {
  return runbookRule(description, (view, say, context) => {
    if (view.class?.ephemeral !== true && view.class?.mandated === undefined) check(view, say, context);
  });
}

/** A rule over policies. */
export function policyDocumentRule(description: Description, check: (context: RuleContext, say: Say) => void): Rule {
  const row = rowOf(description);
  return {
    ...row,
    check(context) {
      if (context.entry.kind !== 'Policy') return NONE;
      const hearing = new Hearing(context.entry);
      check(context, hearing.listen(row));
      return hearing.heard();
    },
  };
}

/** Marks `needle` inside the text at `path`: exact where it stands there as written, else the whole value. */
export function spanOf(entry: Entry, path: Path, needle: string): Extra {
  const node = nodeAt(entry.document, path);
  if (!node || needle === '') return {};
  const found = entry.parsed.text.slice(node.start, node.end).indexOf(needle);
  return found < 0 ? {} : { span: { start: found, end: found + needle.length }, relative: true };
}
