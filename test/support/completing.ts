/** Completion at the mark of a text: what is offered, and the text once an item is taken. */
import assert from 'node:assert/strict';
import { complete } from '../../server/src/language/completion/complete.ts';
import { applyEdits, contextAt } from './markedContext.ts';

/** The head of a runbook. */
export const HEAD =
  'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: test }\nenvironment: production\ndataClass: customer-critical\n';
/** A runbook with a few resources. */
export const RESOURCES = `${HEAD}resources:
  primary: { kind: aws/rds-instance, id: orders-prod, account: prod }
  vault: { kind: aws/s3-bucket, id: acme }
  writer: { kind: aws/iam-role, id: w }
`;

/** What is offered at the mark. */
export function labels(text: string, more: Parameters<typeof contextAt>[1] = {}): string[] {
  const { context, offset } = contextAt(text, more);
  return complete(context, offset, { snippets: true }).items.map((item) => item.label);
}

/** The text once the item of that label is taken. */
export function accept(text: string, label: string, snippets = false): string {
  const at = contextAt(text);
  const item = complete(at.context, at.offset, { snippets }).items.find((each) => each.label === label);
  assert.ok(item?.textEdit && 'range' in item.textEdit, `${label} is offered`);
  return applyEdits(at.text, [item.textEdit]);
}
