/** Reading the attributes of a Terraform state, whatever the provider makes of nested blocks and of what isn't set. */
import { field, listOf } from '../../core/drift/expected.ts';
import type { StateInstance } from './state.ts';

/** The one item of a nested block, which Terraform keeps as a list. */
export const block = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((here, name) => listOf(field(here, name))[0], value);

/** Facts without those that the state doesn't tell; empty text is how it says "none". */
export function told(facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, value === '' ? 'none' : value]),
  );
}

/** The instances of `type` that belong to a bucket, a role or a vault by this attribute. */
export function companions(
  all: readonly StateInstance[],
  type: string,
  attribute: string,
  names: readonly unknown[],
): readonly StateInstance[] {
  return all.filter((each) => each.type === type && names.includes(each.attributes[attribute]));
}
