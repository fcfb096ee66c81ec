/** The live facts that a resource's expectations name, in one comparable form: what a passed restore was proven against. */
import { canonicalJson } from '../recovery/canonical.ts';
import { sha256 } from '../recovery/sha256.ts';
import type { Observation } from './observation.ts';
import type { DriftResource } from './resource.ts';
import { findKind } from './kinds/table.ts';

/** Expectations whose live value moves by itself: another value is no change of what was proven. */
const MOVING = new Set(['latestRestorableWithin', 'newerThan', 'replicaLag', 'status', 'of']);
/** A cloud alarm's state and a key's are judged for what they are, not for what they were. */
const MOVING_OF: Readonly<Record<string, ReadonlySet<string>>> = {
  'aws/cloudwatch-alarm': new Set(['state']),
};
/** Longer values are kept as their hash. */
const LONGEST = 120;

/** `version` → `15.4` for every fact that an expectation of `resource` names and that was seen; empty where none was. */
export function declaredFacts(resource: DriftResource, observation: Observation): Readonly<Record<string, string>> {
  const kind = findKind(resource.kind);
  if (!kind || observation.state !== 'found') return {};
  const found: Record<string, string> = {};
  for (const [key, expected] of Object.entries(resource.expect)) {
    if (expected === undefined || expected === null || MOVING.has(key) || MOVING_OF[kind.id]?.has(key)) continue;
    for (const name of kind.expectations[key]?.facts(expected, resource) ?? []) {
      const fact = observation.facts[name];
      if (fact && 'value' in fact) found[name] = comparable(fact.value);
    }
  }
  return found;
}

/** A plain value as it is; of anything else its JSON, lists in no order, and of what is long its hash. */
function comparable(value: unknown): string {
  const text = typeof value === 'string' ? value : canonicalJson(unordered(value));
  return text.length > LONGEST ? `sha256:${sha256(text).slice(0, 16)}` : text;
}

/** Providers list rules, tags and principals in any order. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value
      .map(unordered)
      .map((item) => ({ item, text: canonicalJson(item) }))
      .sort((left, right) => (left.text < right.text ? -1 : left.text > right.text ? 1 : 0))
      .map(({ item }) => item);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unordered(item)]));
}
