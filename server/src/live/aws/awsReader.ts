/** What a reader of one AWS kind is: it plans and looks up many requests of one account and region at once. */
import type { Fact, LookupRequest, Unknown } from '../../core/drift/observation.ts';
import type { Answer } from '../reader.ts';
import { CallFailure } from './failure.ts';
import type { InputOf, OutputOf } from './services.ts';
import type { Operation } from './operations.ts';
import { NoCredentials } from './credentials.ts';

/** One account and region of one run, as a reader sees it. */
export interface Target {
  /** Twelve digits, where the caller's identity told. */
  readonly accountId: string | undefined;
  readonly accountAlias: string;
  readonly region: string;
  /** SimulatePrincipalPolicy may be used. */
  readonly simulate: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Sends a read-only command to the target's region, or another one. */
  call<Name extends Operation>(operation: Name, input: InputOf<Name>, region?: string): Promise<OutputOf<Name>>;
}

/** Where it was declared, elsewhere, and where it was declared again. */
export type Question = 'first' | 'elsewhere' | 'again';

export interface AwsReader {
  readonly kind: string;
  /** `account`: one look-up serves all regions. */
  readonly scope: 'account' | 'region';
  /** The calls of one group, without making them. */
  plan(
    requests: readonly LookupRequest[],
  ): readonly { readonly operation: Operation; readonly count: number; readonly serves: readonly string[] }[];
  /**
   * The calls that absence brings, where they aren't those of `plan`: with the first question, with the look elsewhere, and
   * with the second question. Left out or undefined: none with the first, those of `plan` with the others.
   */
  planAbsent?(requests: readonly LookupRequest[], question: Question): ReturnType<AwsReader['plan']> | undefined;
  /** One answer a request, in order. `again`: absence was said once; ask each one by itself. */
  look(requests: readonly LookupRequest[], target: Target, again: boolean): Promise<readonly Answer[]>;
}

/** Up to so many absent things are asked for one by one when they are asked for again. */
export const FEW = 3;

export type PlannedOperation = ReturnType<AwsReader['plan']>[number];

/** What an error means as an unknown; what is neither a failed call nor missing credentials is thrown on. */
export function unknownOf(error: unknown): Unknown {
  if (error instanceof CallFailure || error instanceof NoCredentials) return error.unknown;
  throw error;
}

/** Is this the service's own "there is none", by one of these codes? */
export function isCode(error: unknown, ...codes: readonly string[]): error is CallFailure {
  return error instanceof CallFailure && codes.includes(error.code);
}

/**
 * What every real answer holds. A login page answers 200 as well, and must not read as "there is none".
 * @throws CallFailure where it isn't there.
 */
export function whole<T>(value: T | undefined, operation: Operation): T {
  if (value !== undefined) return value;
  const detail = `${operation} was answered with something that is no answer to it`;
  throw new CallFailure({ reason: 'unreachable', detail }, 'NoAnswer', undefined);
}

/** A fact from a call; `none` where the service reports "not configured" by one of these codes. */
export async function fact(ask: () => Promise<unknown>, ...noneCodes: readonly string[]): Promise<Fact> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (isCode(error, ...noneCodes)) return { value: 'none' };
    return { unknown: unknownOf(error) };
  }
}

/** Facts that one call gives together; where it fails each of them is unknown for the same reason. */
export async function facts(
  names: readonly string[],
  ask: () => Promise<Readonly<Record<string, unknown>>>,
): Promise<Readonly<Record<string, Fact>>> {
  try {
    const found = await ask();
    return Object.fromEntries(names.map((name) => [name, { value: found[name] ?? 'none' }]));
  } catch (error) {
    const unknown = unknownOf(error);
    return Object.fromEntries(names.map((name) => [name, { unknown }]));
  }
}

export async function answerOr(ask: () => Promise<Answer>, ...absentCodes: readonly string[]): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (isCode(error, ...absentCodes)) return { state: 'absent' };
    return { state: 'unknown', unknown: unknownOf(error) };
  }
}

/** Does any request need one of these facts? */
export function needs(request: LookupRequest, ...names: readonly string[]): boolean {
  return names.some((name) => request.facts.includes(name));
}
