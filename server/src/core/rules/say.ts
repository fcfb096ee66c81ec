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
/** The view, read once for all rules where the context lends them a memo. */
function viewOf(context: RuleContext): RunbookView {
  const known = context.memo?.get('runbook view') as RunbookView | undefined;
  if (known) return known;
  const view = runbookView(context.workspace, context.entry, context.kept?.view);
  context.memo?.set('runbook view', view);
  return view;
}

/** The same, watched, where what the rules say is kept from one check to the next. */
function watchOf(context: RuleContext): Watch | undefined {
  if (!context.kept) return undefined;
  const known = context.memo?.get('watch') as Watch | undefined;
  if (known) return known;
  const view = viewOf(context);
  const watched = watch(view, context);
  context.memo?.set('watch', watched);
  context.kept.view = view;
  return watched;
}

/** A rule over documents of one kind. */
function ruleFor(
  kind: 'Runbook' | 'Policy',
  description: Description,
  check: (context: RuleContext, say: Say) => void,
): Rule {
  const { id, title } = description;
  const severity = description.severity ?? (id.startsWith('practice/') ? 'information' : 'warning');
  return {
    id,
    severity,
    title,
    check(context) {
      if (context.entry.kind !== kind) return NONE;
      let found: Finding[] | undefined;
      check(context, (path, message, extra) => {
        found ??= [];
        found.push({
          code: id,
          severity,
          message,
          file: context.entry.file,
          document: context.entry.document.index,
          path,
          ...extra,
        });
      });
      return found ?? NONE;
    },
  };
}

/** A rule over runbooks. */
export function runbookRule(
  description: Description,
  check: (view: RunbookView, say: Say, context: RuleContext) => void,
): Rule {
  const rule = ruleFor('Runbook', description, (context, say) => {
    const watched = watchOf(context);
    if (watched) check(watched.view, say, watched.context);
    else check(viewOf(context), say, context);
  });
  return {
    ...rule,
    check(context) {
      const watched = context.entry.kind === 'Runbook' ? watchOf(context) : undefined;
      if (!watched || !context.kept) return rule.check(context);
      return watched.recall(context.kept, rule.id, () => rule.check(context));
    },
  };
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
  return ruleFor('Policy', description, check);
}

/** Marks `needle` inside the text at `path`: exact where it stands there as written, else the whole value. */
export function spanOf(entry: Entry, path: Path, needle: string): Extra {
  const node = nodeAt(entry.document, path);
  if (!node || needle === '') return {};
  const found = entry.parsed.text.slice(node.start, node.end).indexOf(needle);
  return found < 0 ? {} : { span: { start: found, end: found + needle.length }, relative: true };
}
