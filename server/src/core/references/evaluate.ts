/** What an expression means in a scope, and a text with its expressions replaced by that. */
import { arnOf } from './arn.ts';
import { mayHoldExpression, parseExpressions, type Expression, type Range } from './expressions.ts';
import { asMap, asText } from './read.ts';
import type { Evaluated, LatestBackup, Scope } from './scope.ts';
import { BACKUP_MEMBERS, ENVIRONMENT_MEMBERS, RESOURCE_MEMBERS, ROOTS, type Member } from './vocabulary.ts';

/** What the expression means in the scope. Never throws; `asking` holds the resource members being worked out, against circles. */
export function evaluate(expression: Expression, scope: Scope, asking: readonly string[] = []): Evaluated {
  if (expression.problem) {
    const { message, start, end } = expression.problem;
    return { state: 'unknown', message, candidates: [], start, end };
  }
  const [root, name, member, detail] = expression.segments;
  if (!root) return unknownAt(expression, 'The expression is empty.', []);
  switch (root.name) {
    case 'vars': {
      if (!name) return incompletePath(expression, 'vars.NAME', Object.keys(scope.variables));
      if (member)
        return unknownAt(
          range(member, expression),
          `vars.${name.name} is text and has no member "${member.name}".`,
          [],
        );
      const value = scope.variables[name.name];
      if (Object.hasOwn(scope.variables, name.name) && value !== undefined)
        return interpolated(value, scope, asking, `vars.${name.name}`);
      if (scope.environmentIncomplete) return { state: 'undecided', why: 'The environment can’t be read in whole.' };
      const where =
        scope.environmentName === undefined
          ? 'no environment applies here'
          : `environment ${scope.environmentName} has no such variable`;
      return unknownAt(name, `There is no variable "${name.name}": ${where}.`, Object.keys(scope.variables), name.name);
    }
    case 'resources':
      return evaluateResource(expression, scope, asking);
    case 'backups': {
      if (!name) return incompletePath(expression, 'backups.NAME.latest.uri', Object.keys(scope.backups));
      if (!Object.hasOwn(scope.backups, name.name)) {
        if (scope.backupsIncomplete) return { state: 'undecided', why: 'The backups can’t be read in whole.' };
        return unknownAt(
          name,
          `There is no backup "${name.name}" in this runbook.`,
          Object.keys(scope.backups),
          name.name,
        );
      }
      if (!member) return incompletePath(expression, `backups.${name.name}.latest.uri`, ['latest']);
      if (member.name !== 'latest')
        return unknownAt(
          member,
          `A backup has no "${member.name}"; its newest copy is backups.${name.name}.latest.`,
          ['latest'],
          member.name,
        );
      if (!detail) return incompletePath(expression, `backups.${name.name}.latest.uri`, names(BACKUP_MEMBERS));
      if (!names(BACKUP_MEMBERS).includes(detail.name))
        return noMember(detail, `backups.${name.name}.latest`, BACKUP_MEMBERS);
      const beyond = expression.segments[4];
      if (beyond)
        return unknownAt(
          range(beyond, expression),
          `backups.${name.name}.latest.${detail.name} is text and has no member "${beyond.name}".`,
          [],
        );
      const known = scope.latest[name.name]?.[detail.name as keyof LatestBackup];
      return known === undefined
        ? { state: 'later', why: 'Known once the newest backup has been looked up.' }
        : { state: 'value', value: known };
    }
    case 'environment': {
      if (!name) return incompletePath(expression, 'environment.name', names(ENVIRONMENT_MEMBERS));
      if (name.name !== 'name') return noMember(name, 'environment', ENVIRONMENT_MEMBERS);
      if (member)
        return unknownAt(range(member, expression), `environment.name is text and has no member "${member.name}".`, []);
      if (scope.environmentName !== undefined) return { state: 'value', value: scope.environmentName };
      if (scope.environmentIncomplete) return { state: 'undecided', why: 'The environment can’t be read in whole.' };
      return unknownAt(name, 'No environment applies here, so environment.name means nothing.', []);
    }
    default:
      return unknownAt(
        root,
        `Expressions know no "${root.name}"; they begin with vars, resources, backups or environment.`,
        ROOTS.map((each) => each.name),
        root.name,
      );
  }
}

/** A text with its expressions replaced by what they mean. */
export interface Interpolated {
  /** The whole text; expressions without a value stand in it as written. */
  readonly text: string;
  /** Every expression had a value. */
  readonly complete: boolean;
  /** What the expressions without a value mean, in order. */
  readonly open: readonly { readonly expression: Expression; readonly result: Evaluated }[];
}

/** `text` with its expressions replaced. Text without any comes back as it is. */
export function interpolate(text: string, scope: Scope, asking: readonly string[] = []): Interpolated {
  if (!mayHoldExpression(text)) return { text, complete: true, open: [] };
  const open: { readonly expression: Expression; readonly result: Evaluated }[] = [];
  let made = '';
  let from = 0;
  for (const expression of parseExpressions(text)) {
    const result = evaluate(expression, scope, asking);
    if (result.state !== 'value') open.push({ expression, result });
    made +=
      text.slice(from, expression.start) +
      (result.state === 'value' ? result.value : text.slice(expression.start, expression.end));
    from = expression.end;
  }
  return { text: made + text.slice(from), complete: open.length === 0, open };
}

function evaluateResource(expression: Expression, scope: Scope, asking: readonly string[]): Evaluated {
  const [, name, member, beyond] = expression.segments;
  if (!name) return incompletePath(expression, 'resources.NAME.id', Object.keys(scope.resources));
  if (!Object.hasOwn(scope.resources, name.name)) {
    if (scope.resourcesIncomplete) return { state: 'undecided', why: 'The resources can’t be read in whole.' };
    return unknownAt(
      name,
      `There is no resource "${name.name}" in this runbook.`,
      Object.keys(scope.resources),
      name.name,
    );
  }
  const path = `resources.${name.name}`;
  if (!member) return incompletePath(expression, `${path}.id`, names(RESOURCE_MEMBERS));
  if (!names(RESOURCE_MEMBERS).includes(member.name)) return noMember(member, path, RESOURCE_MEMBERS);
  if (beyond)
    return unknownAt(
      range(beyond, expression),
      `${path}.${member.name} is text and has no member "${beyond.name}".`,
      [],
    );
  const resource = asMap(scope.resources[name.name]);
  const kind = asText(resource['kind']) ?? '';
  const read = (key: string): Evaluated | undefined => {
    const text = asText(resource[key]);
    return text === undefined ? undefined : interpolated(text, scope, asking, `${path}.${key}`);
  };
  const id = (): Evaluated => read('id') ?? { state: 'undecided', why: `Resource ${name.name} has no id.` };
  const region = (): Evaluated | undefined =>
    read('region') ?? (scope.onlyRegion === undefined ? undefined : { state: 'value', value: scope.onlyRegion });
  const account = (): Evaluated | undefined => {
    const alias = read('account');
    if (alias && alias.state !== 'value') return alias;
    const known = scope.accountId(alias?.value, kind) ?? alias?.value;
    return known === undefined ? undefined : { state: 'value', value: known };
  };
  switch (member.name) {
    case 'id':
      return id();
    case 'region':
      return region() ?? unknownAt(member, `Resource ${name.name} declares no region.`, []);
    case 'account':
      return (
        account() ??
        (scope.environmentIncomplete
          ? { state: 'undecided', why: 'The environment can’t be read in whole.' }
          : unknownAt(member, `Resource ${name.name} declares no account, and the environment has not just one.`, []))
      );
    default: {
      const pieces = [id(), region(), account()];
      const [own, here, owner] = pieces.map((each) => (each?.state === 'value' ? each.value : undefined));
      if (own === undefined) return id();
      const made = arnOf({ kind, id: own, region: here, account: owner });
      if ('arn' in made) return { state: 'value', value: made.arn };
      if ('none' in made)
        return unknownAt(member, `Resource ${name.name} is of kind ${kind || 'unknown'}, which has no ARN.`, ['id']);
      if (made.lacks === 'look-up')
        return { state: 'later', why: 'The service adds letters to this ARN that only a look-up tells.' };
      const lacking = made.lacks === 'region' ? region() : account();
      if (lacking && lacking.state !== 'value') return lacking;
      if (scope.environmentIncomplete) return { state: 'undecided', why: 'The environment can’t be read in whole.' };
      return unknownAt(
        member,
        `The ARN of resource ${name.name} needs its ${made.lacks}${made.lacks === 'account' ? "'s id, which no environment tells" : ', which it does not declare'}.`,
        [],
      );
    }
  }
}

/** Values longer than this are no ids: a few lines that multiply must not fill the memory. */
const LONGEST = 4096;

/** The value of a text that may hold expressions itself; worked out once for a scope. */
function interpolated(text: string, scope: Scope, asking: readonly string[], what: string): Evaluated {
  if (!mayHoldExpression(text)) return { state: 'value', value: text };
  const known = scope.known.get(what);
  if (known !== undefined) return { state: 'value', value: known };
  if (asking.includes(what) || asking.length > 20) return { state: 'undecided', why: `${what} is defined by itself.` };
  let made = '';
  let from = 0;
  for (const expression of parseExpressions(text)) {
    const result = evaluate(expression, scope, [...asking, what]);
    // The fault is reported where it stands; here it only means that nothing can be said.
    if (result.state !== 'value')
      return result.state === 'later' ? result : { state: 'undecided', why: `${what} can’t be told.` };
    made += text.slice(from, expression.start) + result.value;
    from = expression.end;
    if (made.length > LONGEST) return { state: 'undecided', why: `${what} is too long.` };
  }
  made += text.slice(from);
  scope.known.set(what, made);
  return { state: 'value', value: made };
}

function unknownAt(at: Range, message: string, candidates: readonly string[], wrong?: string): Evaluated {
  return {
    state: 'unknown',
    message,
    candidates,
    start: at.start,
    end: at.end,
    ...(wrong === undefined ? {} : { wrong }),
  };
}

function incompletePath(expression: Expression, shape: string, candidates: readonly string[]): Evaluated {
  const written = expression.segments.map((each) => each.name).join('.');
  return unknownAt(expression.inner, `"${written}" is no value yet; it goes on like ${shape}.`, candidates);
}

function noMember(at: Range & { readonly name: string }, of: string, members: readonly Member[]): Evaluated {
  return unknownAt(at, `${of} has no "${at.name}"; it has ${names(members).join(', ')}.`, names(members), at.name);
}

function range(from: Range, expression: Expression): Range {
  return { start: from.start, end: expression.inner.end };
}

function names(members: readonly Member[]): readonly string[] {
  return members.map((each) => each.name);
}
