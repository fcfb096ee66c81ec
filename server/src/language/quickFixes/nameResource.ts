/** Names for new resources, and how they are written. */
import { accountsOf, environmentOf } from '../../core/references/environment.ts';
import { asMap, dig } from '../../core/references/read.ts';
import type { Entry } from '../../core/workspace.ts';
import type { LanguageContext } from '../context.ts';

export interface NewResource {
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  /** Account id. */
  readonly account?: string;
}

/** A name for the resource that none of the runbook bears yet: the last word of its id. */
export function freeName(entry: Entry, resource: NewResource): string {
  const taken = new Set(Object.keys(asMap(dig(entry.document.value, 'resources'))));
  const base =
    (resource.id.split(/[/:]/).at(-1) ?? resource.id)
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^[^A-Za-z]+|-+$/g, '') || 'resource';
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
  return name;
}

/** The resource as a flow map; its account by the environment's alias where that has one. */
export function resourceText(
  context: LanguageContext,
  entry: Entry,
  { kind, id, region, account }: NewResource,
): string {
  const environment = environmentOf(entry, context.workspace);
  const alias =
    account === undefined || !environment
      ? undefined
      : accountsOf(environment).find((each) => each.id === account && each.alias !== 'default')?.alias;
  const parts = [`kind: ${kind}`, `id: ${/^[A-Za-z][\w./-]*$/.test(id) ? id : JSON.stringify(id)}`];
  if (region !== undefined) parts.push(`region: ${region}`);
  if (alias !== undefined) parts.push(`account: ${alias}`);
  else if (account !== undefined) parts.push(`account: ${JSON.stringify(account)}`);
  return `{ ${parts.join(', ')} }`;
}
