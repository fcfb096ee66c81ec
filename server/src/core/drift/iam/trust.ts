/** Who may assume a role, by its trust policy alone. */
import { entriesOf, field, listOf, textOf } from '../expected.ts';
import { parseArn } from '../kinds/aws/arn.ts';
import { decideConditions, type Decision, type KnownKeys } from './conditions.ts';
import { wildcard } from './wildcard.ts';

/** Identity providers that are no ARN. */
const FEDERATED = /^(?:accounts\.google\.com|cognito-identity\.amazonaws\.com|graph\.facebook\.com|www\.amazon\.com)$/;

/**
 * Does the trust policy let `principal` (an ARN, an account id, or a service such as `backup.amazonaws.com`) assume the
 * role? An account principal trusts everyone in that account whom the account itself allows: that half can't be seen from
 * the trust policy, and counts as trusted. A condition that can't be decided leaves it `maybe`.
 */
export function trusts(document: unknown, principal: string): Decision {
  let allow: Decision = 'no';
  let deny: Decision = 'no';
  const variables = field(document, 'Version') === '2012-10-17';
  const action = actionOf(principal);
  for (const statement of listOf(field(document, 'Statement'))) {
    const effect = field(statement, 'Effect');
    const named = covers(statement, action) ? names(statement, principal, effect === 'Deny') : 'no';
    if (named === 'no') continue;
    const decided = decideConditions(entriesOf(field(statement, 'Condition')), keysOf(principal), variables);
    const holds = decided === 'yes' ? named : decided;
    if (holds === 'no') continue;
    if (effect === 'Deny') deny = deny === 'yes' ? 'yes' : holds;
    else if (effect === 'Allow') allow = allow === 'yes' ? 'yes' : holds;
  }
  if (deny === 'yes' || allow === 'no') return 'no';
  return deny === 'maybe' || allow === 'maybe' ? 'maybe' : 'yes';
}

/** By which call a principal of this sort assumes a role. */
function actionOf(principal: string): string {
  const resource = parseArn(principal)?.resource ?? '';
  if (resource.startsWith('saml-provider/')) return 'sts:assumerolewithsaml';
  const web = resource.startsWith('oidc-provider/') || FEDERATED.test(principal);
  return web ? 'sts:assumerolewithwebidentity' : 'sts:assumerole';
}

function covers(statement: unknown, action: string): boolean {
  const any = (patterns: unknown): boolean =>
    listOf(patterns).some((pattern) => wildcard((textOf(pattern) ?? '').toLowerCase(), action));
  const given = field(statement, 'Action');
  const not = field(statement, 'NotAction');
  return given === undefined ? not !== undefined && !any(not) : any(given);
}

/** What is known of a request of this principal: of a whole account, not which of its principals asks. */
function keysOf(principal: string): KnownKeys {
  const arn = parseArn(principal);
  const account = arn?.account ?? principal;
  const one = arn !== undefined && /^(?:role|user)\//.test(arn.resource);
  const federated = actionOf(principal) !== 'sts:assumerole';
  const service = !arn && /[a-z]\./.test(principal) && !federated;
  return {
    'aws:securetransport': 'true',
    ...(one ? { 'aws:principalarn': principal } : {}),
    ...(one ? { 'aws:principaltype': arn.resource.startsWith('role/') ? 'AssumedRole' : 'User' } : {}),
    ...(/^\d{12}$/.test(account) && !federated ? { 'aws:principalaccount': account } : {}),
    ...(service ? { 'aws:principalisawsservice': 'true', 'aws:principalservicename': principal } : {}),
  };
}

function names(statement: unknown, principal: string, deny: boolean): Decision {
  const given = field(statement, 'Principal');
  if (given !== undefined) return principalTexts(given).some((text) => samePrincipal(text, principal)) ? 'yes' : 'no';
  const not = field(statement, 'NotPrincipal');
  if (not === undefined) return 'no';
  const excepted = principalTexts(not);
  const whole = excepted.some((text) => text !== principal && samePrincipal(text, principal));
  const itself = excepted.includes(principal) || excepted.includes('*');
  // To be excepted from a refusal, a principal and its account must both be named. Source: IAM guide, NotPrincipal.
  if (deny && parseArn(principal)?.service === 'iam' && !isAccount(principal)) {
    if (!itself) return 'yes';
    return whole ? 'no' : 'maybe';
  }
  return itself || whole ? 'no' : 'yes';
}

const isAccount = (principal: string): boolean =>
  /^\d{12}$/.test(principal) || parseArn(principal)?.resource === 'root';

/** Everybody whom a trust policy names, one by one. */
export function principalsIn(document: unknown): readonly string[] {
  return listOf(field(document, 'Statement')).flatMap((statement) => principalTexts(field(statement, 'Principal')));
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
  const provider = wanted !== undefined && /^(?:saml|oidc)-provider\//.test(wanted.resource);
  if (account !== undefined && !provider && (pattern === account || root)) return true;
  if (!wanted || trusted?.account !== wanted.account || trusted.partition !== wanted.partition) return false;
  const role = /^assumed-role\/([^/]+)\//.exec(wanted.resource)?.[1];
  return role !== undefined && trusted.resource.startsWith('role/') && trusted.resource.split('/').at(-1) === role;
}
