/** Who may assume a role, by its trust policy alone. */
import { entriesOf, field, listOf, textOf } from '../expected.ts';
import { parseArn } from '../kinds/aws/arn.ts';
import { decideConditions, type Decision } from './conditions.ts';
import { wildcard } from './wildcard.ts';

const ASSUMING = ['sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity'];

/**
 * Does the trust policy let `principal` (an ARN, an account id, or a service such as `backup.amazonaws.com`) assume the
 * role? An account principal trusts everyone in that account whom the account itself allows: that half can't be seen from
 * the trust policy, and counts as trusted. A condition that can't be decided leaves it `maybe`.
 */
export function trusts(document: unknown, principal: string): Decision {
  let allow: Decision = 'no';
  let deny: Decision = 'no';
  for (const statement of listOf(field(document, 'Statement'))) {
    if (!assumes(statement) || !names(statement, principal)) continue;
    const account = parseArn(principal)?.account ?? principal;
    const holds = decideConditions(entriesOf(field(statement, 'Condition')), {
      'aws:principalarn': principal,
      ...(/^\d{12}$/.test(account) ? { 'aws:principalaccount': account } : {}),
      'aws:securetransport': 'true',
    });
    if (holds === 'no') continue;
    if (field(statement, 'Effect') === 'Deny') deny = deny === 'yes' ? 'yes' : holds;
    else if (field(statement, 'Effect') === 'Allow') allow = allow === 'yes' ? 'yes' : holds;
  }
  if (deny === 'yes' || allow === 'no') return 'no';
  return deny === 'maybe' || allow === 'maybe' ? 'maybe' : 'yes';
}

function assumes(statement: unknown): boolean {
  const actions = listOf(field(statement, 'Action')).map((action) => (textOf(action) ?? '').toLowerCase());
  return actions.some((pattern) => ASSUMING.some((action) => wildcard(pattern, action)));
}

function names(statement: unknown, principal: string): boolean {
  const given = field(statement, 'Principal');
  const not = field(statement, 'NotPrincipal');
  if (given === undefined)
    return not !== undefined && !principalTexts(not).some((text) => samePrincipal(text, principal));
  return principalTexts(given).some((text) => samePrincipal(text, principal));
}

function principalTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return entriesOf(value).flatMap(([, texts]) => listOf(texts).flatMap((text) => textOf(text) ?? []));
}

/** `*`, the same text, the principal's whole account, or the role of an assumed-role session. */
function samePrincipal(pattern: string, principal: string): boolean {
  if (pattern === '*' || pattern === principal) return true;
  const wanted = parseArn(principal);
  const account = wanted?.account ?? (/^\d{12}$/.test(principal) ? principal : undefined);
  const trusted = parseArn(pattern);
  const root =
    trusted?.resource === 'root' &&
    trusted.account === account &&
    (wanted === undefined || trusted.partition === wanted.partition);
  if (account !== undefined && (pattern === account || root)) return true;
  if (!wanted || trusted?.account !== wanted.account || trusted.partition !== wanted.partition) return false;
  const role = /^assumed-role\/([^/]+)\//.exec(wanted.resource)?.[1];
  if (role !== undefined && trusted.resource.startsWith('role/') && trusted.resource.split('/').at(-1) === role)
    return true;
  return wildcard(trusted.resource, wanted.resource) && !trusted.resource.includes('*');
}
