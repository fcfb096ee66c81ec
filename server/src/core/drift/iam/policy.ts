/**
 * Evaluates IAM policy documents locally. It knows a role's own policies and its boundary; it doesn't know organisation
 * policies, session policies, resource policies and key policies, and conditions that it can't decide stay undecided.
 */
import { entriesOf, field, listOf, textOf } from '../expected.ts';
import { decideConditions, type Decision, type KnownKeys } from './conditions.ts';
import { overlap, wildcard } from './wildcard.ts';

export interface AccessQuestion {
  /** e.g. `s3:GetObject`, or a pattern of actions. */
  readonly action: string;
  /** Of a pattern of actions: is any of them allowed? Default: are they all? */
  readonly any?: boolean;
  /** ARN; undefined where the resource isn't known: then only `*` is certain. */
  readonly resource: string | undefined;
  /** What every resource that is meant begins with, where `resource` is only an example of them. */
  readonly below?: string | undefined;
  /** Known condition keys in lower case, e.g. `aws:requestedregion`. */
  readonly keys: KnownKeys;
}

/** `allowed`, refused by an explicit deny, not allowed by anything, or not decidable here. */
export type Access = 'allowed' | 'denied' | 'not-allowed' | 'undecided';

/** What the policies of one role say; `boundary` undefined means there is none. */
export interface PolicySet {
  readonly policies: readonly unknown[];
  readonly boundary: unknown;
}

/** The answer of a role's policies and boundary. */
export function evaluate(set: PolicySet, question: AccessQuestion): Access {
  const own = evaluateDocuments(set.policies, question);
  if (set.boundary === undefined || own === 'denied' || own === 'not-allowed') return own;
  const bounded = evaluateDocuments([set.boundary], question);
  if (bounded === 'allowed') return own;
  return bounded;
}

function evaluateDocuments(documents: readonly unknown[], question: AccessQuestion): Access {
  let allow: Decision = 'no';
  let deny: Decision = 'no';
  for (const document of documents.map(parsed)) {
    // In policies of the first version `${…}` is plain text.
    const variables = field(document, 'Version') === '2012-10-17';
    for (const statement of listOf(field(document, 'Statement'))) {
      const matches = statementMatches(statement, question, variables);
      if (matches === 'no') continue;
      if (field(statement, 'Effect') === 'Deny') deny = stronger(deny, matches);
      else if (field(statement, 'Effect') === 'Allow') allow = stronger(allow, matches);
    }
  }
  if (deny === 'yes') return 'denied';
  if (allow === 'no') return 'not-allowed';
  return deny === 'maybe' || allow === 'maybe' ? 'undecided' : 'allowed';
}

function parsed(document: unknown): unknown {
  if (typeof document !== 'string') return document;
  try {
    return JSON.parse(document) as unknown;
  } catch {
    return undefined;
  }
}

function stronger(left: Decision, right: Decision): Decision {
  if (left === 'yes' || right === 'yes') return 'yes';
  return left === 'maybe' || right === 'maybe' ? 'maybe' : 'no';
}

function both(left: Decision, right: Decision): Decision {
  if (left === 'no' || right === 'no') return 'no';
  return left === 'maybe' || right === 'maybe' ? 'maybe' : 'yes';
}

function statementMatches(statement: unknown, question: AccessQuestion, variables: boolean): Decision {
  const allow = field(statement, 'Effect') === 'Allow';
  const action = matchEither(field(statement, 'Action'), field(statement, 'NotAction'), (pattern) =>
    matchAction(
      pattern.toLowerCase(),
      question,
      !allow ? 'deny' : field(statement, 'Action') === undefined ? 'not' : 'allow',
    ),
  );
  if (action === 'no') return 'no';
  // A refusal of all but some leaves those open, and an allowance of some only those.
  const part = allow === (field(statement, 'Resource') !== undefined);
  const resource = matchEither(field(statement, 'Resource'), field(statement, 'NotResource'), (pattern) =>
    matchResource(pattern, question, part, variables),
  );
  if (resource === 'no') return 'no';
  return both(
    both(action, resource),
    decideConditions(entriesOf(field(statement, 'Condition')), question.keys, variables),
  );
}

function matchEither(positive: unknown, negative: unknown, match: (pattern: string) => Decision): Decision {
  const any = (patterns: unknown): Decision =>
    listOf(patterns).reduce<Decision>((sofar, pattern) => stronger(sofar, match(textOf(pattern) ?? '')), 'no');
  if (positive !== undefined) return any(positive);
  if (negative === undefined) return 'no';
  const excluded = any(negative);
  return excluded === 'yes' ? 'no' : excluded === 'maybe' ? 'maybe' : 'yes';
}

/** A pattern of actions is matched as a whole by one that covers it; of one that only meets it, it depends on who asks. */
function matchAction(pattern: string, { action, any }: AccessQuestion, within: 'allow' | 'not' | 'deny'): Decision {
  const asked = action.toLowerCase();
  if (wildcard(pattern, asked)) return 'yes';
  if (!/[*?]/.test(asked) || !overlap(pattern, asked)) return 'no';
  if (within === 'allow') return any === true ? 'yes' : 'no';
  return within === 'not' && any === true ? 'no' : 'maybe';
}

/** Characters that IAM reads as they stand: `${*}`, `${?}` and `${$}`; what no ARN holds stands for them. */
const ESCAPED: Readonly<Record<string, string>> = { '*': '\u0001', '?': '\u0002', $: '$' };
const asAsked = (text: string): string => text.replaceAll('*', '\u0001').replaceAll('?', '\u0002');

const VARIABLE = /\$\{([^}]+)\}/g;

/** What a policy variable stands for; null where it never has a value, undefined where that isn't known. */
function valueOf(name: string, keys: KnownKeys): string | null | undefined {
  const escaped = Object.hasOwn(ESCAPED, name) ? ESCAPED[name] : undefined;
  if (escaped !== undefined) return escaped;
  const [key = '', fallback = ''] = name.split(',').map((each) => each.trim());
  const known = Object.hasOwn(keys, key.toLowerCase()) ? keys[key.toLowerCase()] : undefined;
  const instead = known === null ? /^'(.*)'$/.exec(fallback)?.[1] : known;
  return instead === undefined ? known : asAsked(instead);
}

/** `part`: a pattern that meets only some of the resources that are meant leaves it open. */
function matchResource(pattern: string, question: AccessQuestion, part: boolean, variables: boolean): Decision {
  if (pattern === '*') return 'yes';
  if (question.resource === undefined) return 'maybe';
  const places = variables ? [...pattern.matchAll(VARIABLE)].map(([, name = '']) => valueOf(name, question.keys)) : [];
  // A variable that has no value matches nothing at all.
  if (places.includes(null)) return 'no';
  let place = 0;
  const filled = variables ? pattern.replace(VARIABLE, () => places[place++] ?? '*') : pattern;
  const asked = pattern.includes('${') ? asAsked(question.resource) : question.resource;
  if (!wildcard(filled, asked))
    return part && question.below !== undefined && overlap(filled, `${question.below}*`) ? 'maybe' : 'no';
  // Policy variables of which the value isn't known here leave the pattern open.
  return places.includes(undefined) ? 'maybe' : 'yes';
}
