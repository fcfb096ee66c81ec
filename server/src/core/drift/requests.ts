/** From resources to questions: which facts are needed to judge them, and nothing more. */
import { sha256 } from '../recovery/sha256.ts';
import type { LookupRequest } from './observation.ts';
import type { DriftResource } from './resource.ts';
import type { DriftContext } from './kinds/kind.ts';
import { findKind } from './kinds/table.ts';
import { restoreActions } from './kinds/aws/simulation.ts';

/** The question that a resource raises; undefined for a kind that no reader knows. */
export function requestOf(
  resource: DriftResource,
  context: Omit<DriftContext, 'observations'>,
  environment: string,
): LookupRequest | undefined {
  const kind = findKind(resource.kind);
  if (!kind) return undefined;
  const facts = new Set<string>();
  for (const [key, expected] of Object.entries(resource.expect)) {
    const expectation = kind.expectations[key];
    for (const fact of expectation?.facts(expected, resource) ?? []) facts.add(fact);
    for (const fact of expectation?.optional ?? []) facts.add(fact);
  }
  for (const judgement of kind.judgements) {
    const needed = judgement.facts(resource, context);
    for (const fact of needed) facts.add(fact);
    if (needed.length > 0) for (const fact of judgement.optional?.(resource, context) ?? []) facts.add(fact);
  }
  const simulate = restoreActions(resource, context);
  return {
    kind: resource.kind,
    id: resource.id,
    ...(resource.region === undefined ? {} : { region: resource.region }),
    ...(resource.account === undefined ? {} : { account: resource.account }),
    facts: [...facts].sort(),
    ...(simulate.length === 0 ? {} : { simulate }),
    environment,
  };
}

/** What makes two requests one look-up. */
export function requestKey(request: LookupRequest): string {
  return JSON.stringify([request.environment, request.kind, request.id, request.region ?? '', request.account ?? '']);
}

/** What a recording knows a request by whose own words hold a secret, and are blanked there. */
export function hiddenKey(request: LookupRequest): string {
  return sha256(requestKey(request));
}

/** Merges requests of one thing into one with all their facts, in order of first mention. */
export function mergeRequests(requests: readonly LookupRequest[]): readonly LookupRequest[] {
  const merged = new Map<string, LookupRequest>();
  for (const request of requests) {
    const key = requestKey(request);
    const before = merged.get(key);
    if (!before) {
      merged.set(key, request);
      continue;
    }
    const simulate = new Map(
      [...(before.simulate ?? []), ...(request.simulate ?? [])].map((each) => [
        `${each.action} ${each.resource}`,
        each,
      ]),
    );
    merged.set(key, {
      ...before,
      facts: [...new Set([...before.facts, ...request.facts])].sort(),
      ...(simulate.size === 0 ? {} : { simulate: [...simulate.values()] }),
    });
  }
  return [...merged.values()];
}
