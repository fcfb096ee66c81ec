/** The shape that every benchmark reports in: one JSON object a row on stdout, which scripts/bench.mjs puts in a table. */

const sorted = (values) => [...values].sort((one, other) => one - other);
const at = (values, share) => sorted(values)[Math.round((values.length - 1) * share)];

/** Middle of the values; of an even number the middle between the two. */
export function median(values) {
  const list = sorted(values);
  const half = Math.floor(list.length / 2);
  return list.length % 2 === 1 ? list[half] : (list[half - 1] + list[half]) / 2;
}

/** Middle, and the tenth and ninetieth percentile, of one number or several. */
export function figure(values) {
  const list = typeof values === 'number' ? [values] : values;
  return { median: median(list), low: at(list, 0.1), high: at(list, 0.9), runs: list.length };
}

/**
 * Prints one row.
 * @param {{ bench: string, what: string, unit: string, ours: number | number[], beside?: string, theirs?: number | number[],
 *   most?: number, mostRatio?: number, leastRatio?: number, note?: string }} row
 * `most`: ours may be at most this. `mostRatio`: ours divided by theirs may be at most this. `leastRatio`: likewise at least.
 */
export function report({ bench, what, unit, ours, beside, theirs, most, mostRatio, leastRatio, note }) {
  const own = figure(ours);
  const other = theirs === undefined ? undefined : figure(theirs);
  const ratio = other === undefined ? undefined : own.median / other.median;
  const tests = [
    [most, () => own.median <= most],
    [mostRatio, () => ratio !== undefined && ratio <= mostRatio],
    [leastRatio, () => ratio !== undefined && ratio >= leastRatio],
  ].filter(([limit]) => limit !== undefined);
  const target = [
    ...(most === undefined ? [] : [`≤ ${most} ${unit}`]),
    ...(mostRatio === undefined ? [] : [`≤ ${mostRatio}×`]),
    ...(leastRatio === undefined ? [] : [`≥ ${leastRatio}×`]),
  ].join(', ');
  const met = tests.length === 0 ? undefined : tests.every(([, holds]) => holds());
  console.log(JSON.stringify({ bench, what, unit, ours: own, beside, theirs: other, ratio, target, met, note }));
}

/** A measurement that could not be made, and why. */
export function skipped(bench, what, why) {
  console.log(JSON.stringify({ bench, what, skipped: why }));
}
