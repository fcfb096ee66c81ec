/** What was found against every expectation and judgement: each fault once, each gap with its reason. */
import type { Finding } from '../finding.ts';
import type { Path } from '../document/node.ts';
import { mayHoldExpression } from '../references/expressions.ts';
import { entriesOf, shown } from './expected.ts';
import type { Fact, Unknown } from './observation.ts';
import type { DriftResource } from './resource.ts';
import type { DriftContext, Found, JudgeInput, Judgement, Kind, Verdict } from './kinds/kind.ts';
import { undecided } from './kinds/kind.ts';
import type { Judged, Speaker } from './speaker.ts';

/** Judges the facts of `observation`. `moved`: it was found in another place, where no facts were asked. */
export function judgeFound(
  kind: Kind,
  resource: DriftResource,
  observation: Found,
  context: DriftContext,
  say: Speaker,
  moved: boolean,
): Judged {
  let compared = 0;
  const input: JudgeInput = {
    resource,
    observation,
    context,
    fact: (name) => {
      const fact = observation.facts[name];
      return fact && 'value' in fact ? fact.value : undefined;
    },
  };
  const byKey = new Map<string, Finding[]>();
  for (const [key, expected] of Object.entries(resource.expect)) {
    const expectation = kind.expectations[key];
    if (!expectation || expected === undefined || expected === null) continue;
    const path = [...resource.path, 'expect', key];
    const findings: Finding[] = [];
    byKey.set(key, findings);
    const open = unresolvedIn(expected, path);
    if (open) {
      findings.push(
        say.verdict(
          undecided(`${resource.id}: ${open.text} has no value yet, so nothing was compared with it.`),
          open.path,
        ),
      );
      continue;
    }
    const names = expectation.facts(expected, resource);
    const gaps = unknownFacts(names, observation, moved);
    for (const gap of gaps.unknown) findings.push(gapOf(gap, path, key, say));
    // Settings are facts of their own: those at hand are judged though others aren't.
    if (gaps.missing === names.length && names.length > 0) continue;
    if (gaps.missing > 0 && !names.every((name) => name.startsWith('setting:'))) continue;
    compared += Math.max(1, names.length - gaps.missing);
    for (const verdict of expectation.judge(expected, input))
      findings.push(say.verdict(verdict, [...path, ...(verdict.below ?? [])]));
  }
  const judged: Finding[] = [];
  for (const judgement of kind.judgements) {
    const names = judgement.facts(resource, context);
    if (names.length === 0) continue;
    const gaps = unknownFacts(names, observation, moved);
    if (gaps.missing === 0) {
      compared++;
      for (const verdict of judgement.judge(input)) {
        const where = placeOf(verdict, judgement, byKey, resource);
        if (where) judged.push(say.verdict(where, where.path ?? say.idPath));
      }
    } else if (judgement.unknownMatters) {
      for (const gap of gaps.unknown) judged.push(say.unknown(gap, say.idPath, names.join(', ')));
    }
  }
  return { findings: distinct([...[...byKey.values()].flat(), ...judged]), compared };
}

/**
 * The verdict of a judgement where it is said: in place of the declared expectation that the same fault breaks, at its
 * own place, or not at all.
 */
function placeOf(
  verdict: Verdict,
  { replaces }: Judgement,
  byKey: Map<string, Finding[]>,
  resource: DriftResource,
): Verdict | undefined {
  const declared = replaces?.keys.filter((key) => byKey.has(key)) ?? [];
  if (!replaces || declared.length === 0) return verdict;
  const broken = declared.filter((key) => byKey.get(key)?.some((finding) => finding.code.startsWith('drift/')));
  const [first] = broken;
  // Where a declared one couldn't be compared, its own gap is said already.
  if (first === undefined) return replaces.excused?.includes(verdict.code) === true ? undefined : verdict;
  const said = broken.flatMap((key) => byKey.get(key) ?? []);
  // The expectation says it by a code of its own.
  if (said.some((finding) => finding.code.startsWith('drift/') && finding.code !== 'drift/value')) return undefined;
  const at = said.find((finding) => finding.code === 'drift/value');
  for (const key of broken)
    byKey.set(
      key,
      (byKey.get(key) ?? []).filter((finding) => finding.code !== 'drift/value'),
    );
  const own = verdict.path;
  const elsewhere = own !== undefined && !resource.path.every((part, index) => own[index] === part);
  return {
    ...verdict,
    path: at?.path ?? [...resource.path, 'expect', first],
    expected: at?.expected ?? verdict.expected,
    ...(elsewhere ? { related: [...(verdict.related ?? []), { path: own, message: 'What relies on it.' }] } : {}),
  };
}

/** What of an expectation is unknown, said where it is declared: a setting by itself, anything else on the whole. */
function gapOf({ names, ...why }: Gap, path: Path, key: string, say: Speaker): Finding {
  const [only, ...more] = names;
  const setting = more.length === 0 && only?.startsWith('setting:') ? only.slice('setting:'.length) : undefined;
  return setting === undefined
    ? say.unknown(why, path, key)
    : say.unknown(why, [...path, setting], `${key}.${setting}`);
}

/** The first text below `value` in which an expression stands that has no value, and where. */
function unresolvedIn(value: unknown, path: Path): { readonly text: string; readonly path: Path } | undefined {
  if (typeof value === 'string') return mayHoldExpression(value) ? { text: value, path } : undefined;
  const below: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((each, index) => [index, each] as const)
    : entriesOf(value);
  for (const [key, each] of below) {
    const found = unresolvedIn(each, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

/** One reason, and the facts that are unknown for it. */
type Gap = Unknown & { readonly names: readonly string[] };

/** Which of these facts aren't there, and why, one reason once. */
function unknownFacts(
  names: readonly string[],
  observation: Found,
  moved: boolean,
): { readonly unknown: readonly Gap[]; readonly missing: number } {
  const unknown = new Map<string, Unknown & { readonly names: string[] }>();
  let missing = 0;
  for (const name of names) {
    const fact: Fact | undefined = observation.facts[name];
    if (fact && 'value' in fact) continue;
    missing++;
    // What was found in another place was only looked for, not looked at: the place is the finding.
    if (!fact && moved) continue;
    const why: Unknown = fact?.unknown ?? {
      reason: 'unsupported',
      detail: `${shown(observation.source)} doesn't tell ${name.replace(/^setting:/, 'the setting ')}`,
    };
    const reason = `${why.reason} ${why.permission ?? why.detail}`;
    const known = unknown.get(reason);
    if (known) known.names.push(name);
    else unknown.set(reason, { ...why, names: [name] });
  }
  return { unknown: [...unknown.values()], missing };
}

/** An expectation and a judgement may need the same fact: its gap is said once a place. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = `${finding.code} ${JSON.stringify(finding.path)} ${finding.message}`;
    return !seen.has(key) && seen.add(key);
  });
}
