/** Readers of kinds that AWS describes one at a time: a call for existence, more only for facts that somebody asked for. */
import type { LookupRequest } from '../../../core/drift/observation.ts';
import type { Fact } from '../../../core/drift/observation.ts';
import type { Answer } from '../../reader.ts';
import { answerOr, needs, type AwsReader, type PlannedOperation, type Target } from '../awsReader.ts';
import type { Operation } from '../operations.ts';

/** A further call and the facts that it alone gives. */
export interface Detail {
  readonly operation: Operation;
  readonly facts: readonly string[];
}

export interface SingleShape {
  readonly kind: string;
  readonly operation: Operation;
  /** The service's codes for "there is none". */
  readonly absentCodes: readonly string[];
  readonly details: readonly Detail[];
  describe(request: LookupRequest, target: Target): Promise<Readonly<Record<string, Fact>>>;
}

export function singleReader(shape: SingleShape): AwsReader {
  return {
    kind: shape.kind,
    scope: 'region',
    plan(requests) {
      const calls: PlannedOperation[] = [
        { operation: shape.operation, count: requests.length, serves: requests.map((request) => request.id) },
      ];
      for (const { operation, facts } of shape.details) {
        const asking = requests.filter((request) => needs(request, ...facts));
        if (asking.length > 0)
          calls.push({ operation, count: asking.length, serves: asking.map((request) => request.id) });
      }
      return calls;
    },
    look: async (requests, target) =>
      await Promise.all(
        requests.map(
          async (request): Promise<Answer> =>
            await answerOr(
              async () => ({ state: 'found', facts: await shape.describe(request, target), region: target.region }),
              ...shape.absentCodes,
            ),
        ),
      ),
  };
}

/** Plain values as facts; nothing is `none`. */
export function values(found: Readonly<Record<string, unknown>>): Record<string, Fact> {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, { value: value ?? 'none' }]));
}

export function iso(date: Date | undefined): string {
  return date === undefined ? 'none' : new Date(date).toISOString();
}
