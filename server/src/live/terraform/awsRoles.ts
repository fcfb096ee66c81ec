/** Roles in a Terraform state, with their policies where all of them are there. */
import { field, listOf, textOf } from '../../core/drift/expected.ts';
import { companions } from './attributes.ts';
import type { StateInstance } from './state.ts';

/** A policy document, which a state keeps as text. */
export function json(value: unknown): unknown {
  const text = textOf(value);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** All policies of a role, or undefined where one of them is managed elsewhere: half of them would be a guess. */
export function rolePolicies(attributes: Readonly<Record<string, unknown>>, all: readonly StateInstance[]): unknown {
  const names = [attributes['name'], attributes['id']];
  const inline = [
    ...listOf(attributes['inline_policy']).map((each) => json(field(each, 'policy'))),
    ...companions(all, 'aws_iam_role_policy', 'role', names).map((each) => json(each.attributes['policy'])),
  ];
  const arns = new Set([
    ...listOf(attributes['managed_policy_arns']).flatMap((arn) => textOf(arn) ?? []),
    ...companions(all, 'aws_iam_role_policy_attachment', 'role', names).flatMap(
      (each) => textOf(each.attributes['policy_arn']) ?? [],
    ),
  ]);
  const boundary = textOf(attributes['permissions_boundary']);
  const documentOf = (arn: string): unknown =>
    json(all.find((each) => each.type === 'aws_iam_policy' && each.attributes['arn'] === arn)?.attributes['policy']);
  const documents = [...inline, ...[...arns].map(documentOf)];
  const limit = boundary === undefined || boundary === '' ? undefined : documentOf(boundary);
  if (documents.includes(undefined) || (boundary !== undefined && boundary !== '' && limit === undefined))
    return undefined;
  return { documents, ...(limit === undefined ? {} : { boundary: limit }) };
}
