/** What a mapping makes of a state: resources with facts in the same words as the live readers'. */
import type { StateInstance } from './state.ts';

/** One resource of one of our kinds. */
export interface StateResource {
  readonly kind: string;
  /** Names that it goes by, lower case: identifier, ARN, alias. */
  readonly names: readonly string[];
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly address: string;
  /** Facts by name; what the state doesn't tell is left out. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** One row: a type of the provider and how its instances become resources. */
export interface Mapping {
  readonly type: string;
  readonly kind: string;
  map(
    instance: StateInstance,
    all: readonly StateInstance[],
  ): { readonly names: readonly unknown[]; readonly facts: Readonly<Record<string, unknown>> };
}
