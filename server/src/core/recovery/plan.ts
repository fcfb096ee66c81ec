/** The recovery plan of a whole: order over `dependsOn`, when each runbook is back, the critical path, and each objective. */
import { policyOf } from '../references/policy.ts';
import { asMap, asText, asTexts, dig } from '../references/read.ts';
import type { EvidenceSummary } from '../rules/rule.ts';
import { parseDuration } from '../values/duration.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { runbookView } from '../rules/runbookView.ts';
import { stepPath } from './stepPath.ts';

export interface PlannedRunbook {
  readonly name: string;
  readonly file: string;
  readonly title?: string;
  readonly dependsOn: readonly string[];
  /** Where in `runbooks` those stand: two may share a name. */
  readonly after: readonly number[];
  /** Names that it depends on and that are not there. */
  readonly lacks?: readonly string[];
  /** Milliseconds that its own recovery takes; undefined where nothing says. */
  readonly takesMs?: number;
  /** Where that figure comes from. */
  readonly how: 'measured' | 'steps' | 'objective' | 'unknown';
  /** Milliseconds from the start of the whole until it is back; undefined where something on the way has no figure. */
  readonly backMs?: number;
  readonly rtoMs?: number;
  /** `late`: back after its objective. */
  readonly verdict: 'in-time' | 'late' | 'unknown';
  /** It lies on the longest way to the last one. */
  readonly critical: boolean;
  /** From 1: those of one wave can be recovered side by side. */
  readonly wave: number;
}

export interface RecoveryPlan {
  /** In the order of recovery. */
  readonly runbooks: readonly PlannedRunbook[];
  /** Milliseconds until the last one is back; undefined where a figure is missing. */
  readonly wholeMs?: number;
  readonly criticalPath: readonly string[];
  /** Names that close a circle; their edge is left out. */
  readonly cycles: readonly (readonly string[])[];
  /** Names that are depended on and not there. */
  readonly missing: readonly string[];
}

interface Node {
  readonly name: string;
  readonly entry: Entry;
  readonly dependsOn: Node[];
  readonly lacks: readonly string[];
  readonly takes: Pick<PlannedRunbook, 'takesMs' | 'how'>;
  backMs: number | undefined;
  wave: number;
  /** The dependency that it waits for longest. */
  waitsFor: Node | undefined;
}

/** The plan of `wanted` and everything they depend on. Pure; never throws on half-typed documents. */
export function recoveryPlanOf(
  workspace: Workspace,
  wanted: readonly Entry[],
  evidence: EvidenceSummary,
): RecoveryPlan {
  const nodes = new Map<Entry, Node>();
  const ordered: Node[] = [];
  const cycles: string[][] = [];
  const missing = new Set<string>();
  const visit = (entry: Entry, trail: readonly Entry[]): Node | undefined => {
    const known = nodes.get(entry);
    if (known !== undefined) return known;
    if (trail.includes(entry)) {
      cycles.push([...trail.slice(trail.indexOf(entry)), entry].map(nameOf));
      return undefined;
    }
    const dependsOn: Node[] = [];
    const lacks: string[] = [];
    // What waits for something that is not there, or for itself, is never back: no figure may say otherwise.
    let blocked = false;
    for (const name of asTexts(dig(entry.document.value, 'restore', 'dependsOn'))) {
      const found = workspace.resolve('Runbook', name, entry.file);
      const node = found.state === 'found' ? visit(found.entry, [...trail, entry]) : undefined;
      if (found.state !== 'found') {
        missing.add(name);
        lacks.push(name);
      }
      if (node === undefined) blocked = true;
      else if (!dependsOn.includes(node)) dependsOn.push(node);
    }
    const node = { ...place(entry, dependsOn, takesOf(entry, workspace, evidence), blocked), lacks };
    nodes.set(entry, node);
    ordered.push(node);
    return node;
  };
  for (const entry of wanted) visit(entry, []);
  return finished(ordered, workspace, cycles, [...missing].sort());
}

function place(entry: Entry, dependsOn: Node[], takes: Node['takes'], blocked: boolean): Omit<Node, 'lacks'> {
  let waitsFor: Node | undefined;
  let startMs: number | undefined = blocked ? undefined : 0;
  for (const each of dependsOn) {
    if (each.backMs === undefined) startMs = undefined;
    else if (startMs !== undefined && each.backMs > startMs) {
      startMs = each.backMs;
      waitsFor = each;
    }
  }
  const backMs = startMs === undefined || takes.takesMs === undefined ? undefined : startMs + takes.takesMs;
  const wave = 1 + Math.max(0, ...dependsOn.map((each) => each.wave));
  return { name: nameOf(entry), entry, dependsOn, takes, backMs, wave, waitsFor };
}

function finished(ordered: Node[], workspace: Workspace, cycles: string[][], missing: string[]): RecoveryPlan {
  const last = ordered.reduce<Node | undefined>(
    (late, each) => ((each.backMs ?? -1) > (late?.backMs ?? -1) ? each : late),
    undefined,
  );
  const complete = ordered.every((each) => each.backMs !== undefined);
  const known: Node[] = [];
  for (let at = last; at !== undefined; at = at.waitsFor) known.unshift(at);
  // Where the whole is unknown, one runbook that nothing waits for is no way at all.
  const path = complete || known.length > 1 ? known : [];
  ordered.sort((a, b) => a.wave - b.wave || (a.backMs ?? Infinity) - (b.backMs ?? Infinity));
  return {
    runbooks: ordered.map((node) => planned(node, workspace, path, ordered)),
    ...(complete && last?.backMs !== undefined ? { wholeMs: last.backMs } : {}),
    criticalPath: path.map((each) => each.name),
    cycles,
    missing,
  };
}

function planned(node: Node, workspace: Workspace, path: readonly Node[], ordered: readonly Node[]): PlannedRunbook {
  const rtoMs = rtoOf(node.entry, workspace);
  const title = asText(dig(node.entry.document.value, 'metadata', 'title'));
  const known = node.backMs !== undefined && rtoMs !== undefined;
  return {
    name: node.name,
    file: node.entry.file,
    ...(title === undefined ? {} : { title }),
    dependsOn: node.dependsOn.map((each) => each.name),
    after: node.dependsOn.map((each) => ordered.indexOf(each)),
    ...(node.lacks.length === 0 ? {} : { lacks: node.lacks }),
    ...node.takes,
    ...(node.backMs === undefined ? {} : { backMs: node.backMs }),
    ...(rtoMs === undefined ? {} : { rtoMs }),
    verdict: !known ? 'unknown' : (node.backMs ?? 0) > rtoMs ? 'late' : 'in-time',
    critical: path.includes(node),
    wave: node.wave,
  };
}

/** Measured in the last pass, with what people do added; else the steps' own figures; else the objective itself. */
function takesOf(entry: Entry, workspace: Workspace, evidence: EvidenceSummary): Node['takes'] {
  const steps = dig(entry.document.value, 'restore', 'steps');
  const list = Array.isArray(steps) ? steps.map(asMap) : [];
  const last = evidence.entries
    .filter(
      (each) =>
        each.runbook === entry.name &&
        each.result === 'passed' &&
        each.elapsedMs !== undefined &&
        each.scenario === undefined,
    )
    .reduce<(typeof evidence.entries)[number] | undefined>(
      (newest, each) => (newest !== undefined && newest.startedAt >= each.startedAt ? newest : each),
      undefined,
    );
  if (last?.elapsedMs !== undefined) {
    // A drill's time, and what people confirmed while steps were carried out, is part of what was measured.
    const done = new Set(last.confirmedSteps);
    const toAdd = last.level === 5 ? [] : list.filter((step) => !done.has(asText(step['id']) ?? ''));
    const effortMs = sum(toAdd.map((step) => (step['manual'] === undefined ? 0 : durationOf(step['effort']))));
    return { takesMs: last.elapsedMs + effortMs, how: 'measured' };
  }
  // Steps side by side take as long as the longest of them.
  const { ms, untimed } = stepPath(runbookView(workspace, entry).steps);
  if (list.length > 0 && untimed.length === 0) return { takesMs: ms, how: 'steps' };
  const rtoMs = rtoOf(entry, workspace);
  return rtoMs === undefined ? { how: 'unknown' } : { takesMs: rtoMs, how: 'objective' };
}

function rtoOf(entry: Entry, workspace: Workspace): number | undefined {
  return (
    durationOf(dig(entry.document.value, 'restore', 'rto')) ??
    durationOf(asMap(policyOf(entry, workspace)?.class)['rto'])
  );
}

function durationOf(value: unknown): number | undefined {
  const text = asText(value);
  return text === undefined ? undefined : parseDuration(text)?.ms;
}

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, each) => total + (each ?? 0), 0);
}

function nameOf(entry: Entry): string {
  return entry.name ?? entry.file;
}

/** The plan as a Mermaid graph: waves from left to right, the critical path marked, what comes late in red. */
export function planMermaid(plan: RecoveryPlan, spoken: (ms: number) => string): string {
  const node = (index: number): string => `r${index}`;
  const named = (name: string): string => node(plan.runbooks.findIndex((each) => each.name === name));
  const label = (text: string): string => text.replace(/["<>&`]/g, (character) => `#${character.charCodeAt(0)};`);
  const lines = ['graph LR'];
  for (const [index, each] of plan.runbooks.entries()) {
    const back = each.backMs === undefined ? 'time unknown' : `back after ${spoken(each.backMs)}`;
    lines.push(`  ${node(index)}["${label(each.name)}<br/>${back}"]`);
  }
  for (const [index, each] of plan.runbooks.entries()) {
    for (const before of each.after) lines.push(`  ${node(before)} --> ${node(index)}`);
  }
  // The edge that closes a circle was left out of the order; a dotted line shows it.
  for (const cycle of plan.cycles) {
    const [last, first] = [cycle.at(-2) ?? '', cycle.at(-1) ?? ''];
    lines.push(`  ${named(first)} -. circle .-> ${named(last)}`);
  }
  for (const [absent, name] of plan.missing.entries()) {
    lines.push(`  m${absent}["${label(name)}<br/>not there"]`);
    for (const [index, each] of plan.runbooks.entries())
      if (each.lacks?.includes(name) === true) lines.push(`  m${absent} -.-> ${node(index)}`);
  }
  const mark = (name: string, style: string, isChosen: (each: PlannedRunbook) => boolean): void => {
    const chosen = plan.runbooks.flatMap((each, index) => (isChosen(each) ? [node(index)] : []));
    if (chosen.length === 0) return;
    lines.push(`  classDef ${name} ${style}`, `  class ${chosen.join(',')} ${name}`);
  };
  mark('critical', 'stroke-width:3px', (each) => each.critical);
  mark('late', 'stroke:#c00', (each) => each.verdict === 'late');
  return `${lines.join('\n')}\n`;
}
