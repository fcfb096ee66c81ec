/** Things that need each other in a circle: runbooks, steps, copies of backups, policies, resources defined by expressions. */
import type { Path, ScalarNode, Span } from '../../document/node.ts';
import type { Finding, Related } from '../../finding.ts';
import { circles, type Circle, type Edge } from '../../references/graph.ts';
import { NEEDED, type Target } from '../../references/places.ts';
import { asText } from '../../references/read.ts';
import { findBy } from '../../references/walk.ts';
import type { Entry, EntryPlace, Workspace } from '../../workspace.ts';
import type { Rule } from '../rule.ts';
import { referenceFacts } from './facts.ts';
import { report } from './report.ts';

const CODE = 'reference/cycle';

interface Use {
  readonly entry: Entry;
  readonly path: Path;
  readonly within?: { readonly node: ScalarNode; readonly span: Span };
}

export const cycle: Rule = {
  id: CODE,
  severity: 'error',
  title: 'Things that need each other in a circle.',
  *check({ entry, workspace }) {
    const { names } = referenceFacts(entry, workspace);
    const own = (target: Target, holder: number): readonly Edge<Use>[] =>
      names
        .filter(
          (each) =>
            each.target === target &&
            typeof each.path[holder] === 'string' &&
            each.place?.path.at(-1) !== 'backup' &&
            each.path[0] !== 'dryRuns',
        )
        .map((each) => ({ from: String(each.path[holder]), to: each.name, value: { entry, path: each.path } }));
    if (entry.kind === 'Runbook') {
      yield* tell(
        own('step', 2),
        (path) => `The steps need each other in a circle (${path}), so none could begin; take one of the needs out.`,
      );
      yield* tell(
        own('backup', 1),
        (path) =>
          `The backups are copies of each other in a circle (${path}); one of them has to be made from its source.`,
      );
      yield* across(
        entry,
        workspace,
        'Runbook',
        (path) =>
          `The runbooks depend on each other in a circle (${path}), so no restore could begin; take one dependency out.`,
      );
    }
    if (entry.kind === 'Policy') {
      yield* across(
        entry,
        workspace,
        'Policy',
        (path) => `The policies extend each other in a circle (${path}); take one extends out.`,
      );
    }
    yield* tell(
      expressionEdges(entry, workspace),
      (path) => `The values are defined by each other in a circle (${path}); give one of them a value of its own.`,
    );
  },
};

function* tell(edges: readonly Edge<Use>[], message: (path: string) => string): Iterable<Finding> {
  for (const circle of circles(edges)) {
    // Where one order is as good as another, the one that comes first in the document is the one that looks ahead.
    const first = [...circle.edges].sort((one, other) => edges.indexOf(one) - edges.indexOf(other))[0];
    if (first) yield finding(circle, first, message);
  }
}

function finding(circle: Circle<Use>, at: Edge<Use>, message: (path: string) => string): Finding {
  const start = circle.edges.indexOf(at);
  const inOrder = [...circle.edges.slice(start), ...circle.edges.slice(0, start)];
  const related: Related[] = inOrder.slice(1).map(({ from, to, value }) => ({
    file: value.entry.file,
    document: value.entry.document.index,
    path: value.path,
    message: `${from} → ${to}`,
  }));
  return report({
    code: CODE,
    message: message([...inOrder.map((edge) => edge.from), at.from].join(' → ')),
    entry: at.value.entry,
    path: at.value.path,
    ...(at.value.within ? { within: at.value.within } : {}),
    related,
    data: { circle: inOrder.map((edge) => edge.from) },
  });
}

/** A name in a document, as a place that outlives the parse. */
interface FarUse {
  readonly place: EntryPlace;
  readonly name: string;
  readonly path: Path;
}

/** Circles over several documents are told in each of them, at the name that leads into the circle. */
function* across(
  entry: Entry,
  workspace: Workspace,
  kind: 'Runbook' | 'Policy',
  message: (path: string) => string,
): Iterable<Finding> {
  const all = workspace.memoBy([kind], `circles of ${kind}`, () =>
    circles(workspace.byKind(kind).flatMap((each) => edgesOf(each, workspace, kind))),
  );
  const told = new Set<string>();
  for (const circle of all) {
    const edges = circle.edges.flatMap(({ value, to }): Edge<Use>[] => {
      const holder = workspace.at(value.place);
      return holder ? [{ from: value.name, to, value: { entry: holder, path: value.path } }] : [];
    });
    for (const edge of edges) {
      const place = JSON.stringify(edge.value.path);
      if (edge.value.entry !== entry || told.has(place)) continue;
      told.add(place);
      yield finding({ names: circle.names, edges }, edge, message);
    }
  }
}

/**
 * Notes what this rule reads of every document of the workspace, while the tree of this one is at hand: later it may have
 * been let go, and thousands would be parsed in one go.
 */
export function noteUses(entry: Entry, workspace: Workspace): void {
  if (entry.kind === 'Runbook') usesOf(entry, workspace, 'Runbook');
  if (entry.kind === 'Policy') usesOf(entry, workspace, 'Policy');
}

function usesOf(entry: Entry, workspace: Workspace, kind: 'Runbook' | 'Policy'): ReturnType<typeof namesUsed> {
  return workspace.memoOf(entry.parsed, `uses of ${kind} ${entry.index}`, () => namesUsed(entry, kind));
}

function edgesOf(entry: Entry, workspace: Workspace, kind: 'Runbook' | 'Policy'): readonly Edge<FarUse>[] {
  const { index } = entry;
  return usesOf(entry, workspace, kind).flatMap(({ name, path }): Edge<FarUse>[] => {
    const found = workspace.resolve(kind, name, entry.file);
    if (found.state !== 'found') return [];
    const value = { place: { file: entry.file, index }, name: entry.name ?? entry.file, path };
    return [{ from: keyOf(entry), to: keyOf(found.entry), value }];
  });
}

function namesUsed(
  entry: Entry,
  kind: 'Runbook' | 'Policy',
): readonly { readonly name: string; readonly path: Path }[] {
  return findBy(entry.document, NEEDED[kind]).flatMap(({ node, path }) => {
    const name = node.kind === 'scalar' ? asText(node.value) : undefined;
    return name === undefined ? [] : [{ name, path }];
  });
}

function keyOf(entry: Entry): string {
  return `${entry.file}#${entry.index}`;
}

/** Edges between values of this document that are defined by expressions: resources’ members and variables. */
function expressionEdges(entry: Entry, workspace: Workspace): readonly Edge<Use>[] {
  return referenceFacts(entry, workspace).expressions.flatMap(({ expression, path, node, text }): Edge<Use>[] => {
    const names = expression.segments.map((each) => each.name);
    const inResource = path.length === 3 && path[0] === 'resources' && names[0] === 'resources';
    const inVars = path.length === 2 && path[0] === 'vars' && names[0] === 'vars';
    if (!inResource && !inVars) return [];
    const to = names.slice(0, path.length).join('.');
    return [
      {
        from: path.join('.'),
        to,
        value: { entry, path, within: { node, span: text.spanOf(expression.inner.start, expression.inner.end) } },
      },
    ];
  });
}
