/** The recovery plan as a graph in inline SVG: waves from left to right, the critical path thick, what comes late marked. */
import type { PlannedRunbook, RecoveryPlan } from './plan.ts';

const WIDTH = 190;
const HEIGHT = 46;
const GAP_X = 46;
const GAP_Y = 14;
/** A graph of more is a picture of nothing: the table stays. */
const MOST = 60;
/** Characters of a name that fit into its box. */
const FITS = 24;

export interface PlanGraph {
  readonly svg: string;
  /** The graph in sentences, for those who don't see it: in the order of recovery. */
  readonly sentences: readonly string[];
}

/**
 * Undefined where nothing depends on anything. `spoken` writes a duration (milliseconds). Runbooks that depend on
 * nothing and that nothing depends on are left out. Everything that comes from documents is escaped.
 */
export function planGraph(plan: RecoveryPlan, spoken: (ms: number) => string): PlanGraph | undefined {
  const needed = new Set(plan.runbooks.flatMap((each) => each.after));
  const linked = plan.runbooks.filter((each, index) => each.after.length > 0 || needed.has(index));
  const runbooks = linked.slice(0, MOST);
  if (runbooks.length === 0) return undefined;
  const places = placesOf(runbooks);
  const waves = Math.max(...runbooks.map((each) => each.wave));
  const rows = Math.max(...[...places.values()].map(({ row }) => row)) + 1;
  const width = waves * (WIDTH + GAP_X) - GAP_X + 4;
  const height = rows * (HEIGHT + GAP_Y) - GAP_Y + 4;
  const edges = runbooks.flatMap((each) => each.after.map((before) => edge(each, plan.runbooks[before], places)));
  const boxes = runbooks.map((each) => box(each, places, spoken));
  const more = linked.length > runbooks.length ? ` The first ${runbooks.length} of ${linked.length} are drawn.` : '';
  const label = `Recovery plan: ${runbooks.length} runbooks in ${waves} waves; critical path ${plan.criticalPath.join(', then ')}.${more}`;
  return {
    svg: `<svg class="plan" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}"><defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor"/></marker></defs>${edges.join('')}${boxes.join('')}</svg>`,
    sentences: [
      ...runbooks.map((each) => sentence(each, spoken)),
      ...plan.missing.map((name) => `${name} is depended on and not there.`),
      ...plan.cycles.map((names) => `${names.join(' → ')} goes in a circle: none of them can be first.`),
    ],
  };
}

type Places = ReadonlyMap<PlannedRunbook, { readonly column: number; readonly row: number }>;

function placesOf(runbooks: readonly PlannedRunbook[]): Places {
  const filled = new Map<number, number>();
  return new Map(
    runbooks.map((each) => {
      const row = filled.get(each.wave) ?? 0;
      filled.set(each.wave, row + 1);
      return [each, { column: each.wave - 1, row }];
    }),
  );
}

function cornerOf(each: PlannedRunbook, places: Places): { x: number; y: number } | undefined {
  const place = places.get(each);
  return place && { x: 2 + place.column * (WIDTH + GAP_X), y: 2 + place.row * (HEIGHT + GAP_Y) };
}

function edge(to: PlannedRunbook, before: PlannedRunbook | undefined, places: Places): string {
  const end = cornerOf(to, places);
  const start = before && cornerOf(before, places);
  if (!end || !start) return '';
  const from = { x: start.x + WIDTH, y: start.y + HEIGHT / 2 };
  const into = { x: end.x - 1, y: end.y + HEIGHT / 2 };
  const middle = into.x - GAP_X / 2;
  const critical = to.critical && before.critical;
  return `<path class="edge${critical ? ' critical' : ''}" d="M${from.x} ${from.y}C${from.x + GAP_X / 2} ${from.y} ${middle} ${into.y} ${into.x} ${into.y}" fill="none" stroke="currentColor" stroke-width="${critical ? 2.5 : 1}" marker-end="url(#arrow)"/>`;
}

function box(each: PlannedRunbook, places: Places, spoken: (ms: number) => string): string {
  const corner = cornerOf(each, places);
  if (!corner) return '';
  const { x, y } = corner;
  const late = each.verdict === 'late';
  const name = each.name.length > FITS ? `${each.name.slice(0, FITS - 1)}…` : each.name;
  const colour = late ? 'var(--bad)' : 'currentColor';
  return `<g><title>${escaped(sentence(each, spoken))}</title><rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="5" fill="none" stroke="${colour}" stroke-width="${each.critical || late ? 2.5 : 1}"/><text x="${x + 10}" y="${y + 19}" fill="currentColor" font-size="13"${each.critical ? ' font-weight="600"' : ''}>${escaped(name)}</text><text x="${x + 10}" y="${y + 36}" fill="${colour}" font-size="11">${escaped(backWords(each, spoken))}</text></g>`;
}

function backWords(each: PlannedRunbook, spoken: (ms: number) => string): string {
  if (each.backMs === undefined) return 'time unknown';
  return `back after ${spoken(each.backMs)}${each.verdict === 'late' ? ': late' : ''}`;
}

function sentence(each: PlannedRunbook, spoken: (ms: number) => string): string {
  const after = each.dependsOn.length === 0 ? '' : ` after ${each.dependsOn.join(', ')}`;
  const objective = each.rtoMs === undefined ? '' : ` of an RTO of ${spoken(each.rtoMs)}`;
  const way = each.critical ? ', on the critical path' : '';
  return `${each.name}${after}: ${backWords(each, spoken)}${objective}${way}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);
}
