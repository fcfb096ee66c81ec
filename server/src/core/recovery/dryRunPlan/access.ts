/** Which account a dry run reads from, and with which role. */
import { accountNamed } from '../../references/environment.ts';
import { asMap, asText, asTexts, dig, type PlainMap } from '../../references/read.ts';
import type { Entry } from '../../workspace.ts';
import type { AccountAccess, RolePlan } from '../engine.ts';
import { given, resolved, type Scope } from './values.ts';

/** Where calls into the account that a resource names go. */
export function accessOf(
  environment: Entry | undefined,
  account: string | undefined,
  region: string | undefined,
): AccountAccess {
  const value = asMap(environment?.document.value);
  const aws = asMap(value['aws']);
  const found = environment ? accountNamed(environment, account, 'aws') : undefined;
  const own = asMap(found?.value);
  return {
    ...given('alias', found?.alias ?? account),
    ...given('id', found?.id ?? (account !== undefined && /^\d{12}$/u.test(account) ? account : undefined)),
    ...given('profile', asText(own['profile'])),
    ...given('assumeRole', asText(own['assumeRole'])),
    ...given('endpoint', asText(own['endpoint']) ?? asText(aws['endpoint'])),
    ...given('region', region ?? asTexts(aws['regions'])[0]),
  };
}

/** The restore role, by its ARN where the documents give one. */
export function planRole(restore: PlainMap, scope: Scope): RolePlan | undefined {
  const name = asText(restore['role']);
  if (name === undefined) return undefined;
  const resource = asMap(dig(scope.runbook, 'resources', name));
  const id = asText(resolved(resource['id'], scope));
  const access = accessOf(scope.environment, asText(resolved(resource['account'], scope)), undefined);
  const arn = id?.startsWith('arn:') === true ? id : arnIn(access.id, id);
  return {
    name,
    ...given('arn', arn),
    ...(scope.environment ? { access, regions: asTexts(dig(scope.environment.document.value, 'aws', 'regions')) } : {}),
  };
}

function arnIn(account: string | undefined, id: string | undefined): string | undefined {
  return account === undefined || id === undefined
    ? undefined
    : `arn:aws:iam::${account}:role/${id.replace(/^\//u, '')}`;
}
