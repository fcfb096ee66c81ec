/** Which policy and which class of it apply to a document, merged along `extends`, and why in words. */
import type { Severity } from '../finding.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { folderOf } from '../workspaceIndex.ts';
import { matchesGlob } from './glob.ts';
import { asText, asTexts, asMap, dig, isMap, type PlainMap } from './read.ts';

/** What a policy says once its `extends` are merged in; the nearer document wins key by key. */
export interface MergedPolicy {
  /** The policy and what it extends, nearest first. */
  readonly chain: readonly Entry[];
  readonly value: PlainMap;
  /** Some link of the chain is unknown, ambiguous or can't be read: what is missing here may be there. */
  readonly incomplete: boolean;
}

/** The policy as it holds for one document. */
export interface EffectivePolicy {
  /** The policies that apply, each followed by what it extends. */
  readonly policies: readonly Entry[];
  /** Those of them that apply by themselves, by their folder or `appliesTo`. */
  readonly applying: readonly Entry[];
  /** The class that the runbook names. */
  readonly className: string | undefined;
  /** That class, merged along `extends`; undefined where none is named or none is defined. */
  readonly class: PlainMap | undefined;
  /** Every class there is to choose from. */
  readonly classes: PlainMap;
  /** Where the class is defined, nearest first. */
  readonly classSources: readonly Entry[];
  readonly severity: Readonly<Record<string, Severity | 'off'>>;
  /** The whole merged policy. */
  readonly value: PlainMap;
  readonly incomplete: boolean;
  /** Which policy and class, and why, in words. */
  readonly why: string;
}

/** The policy that applies to `entry` (nearest folder first), or undefined where none does. */
export function policyOf(entry: Entry, workspace: Workspace): EffectivePolicy | undefined {
  return workspace.memoFor(entry.parsed, `policy ${entry.document.index}`, () => findPolicy(entry, workspace));
}

function findPolicy(entry: Entry, workspace: Workspace): EffectivePolicy | undefined {
  const { applying, reason } = applyingPolicies(entry.file, workspace);
  if (applying.length === 0) return undefined;
  const className = asText(dig(entry.document.value, 'dataClass'));
  // Thousands of runbooks are held to the few classes of a few policies.
  const key = `policies ${applying.map(({ file, document }) => `${file}#${document.index}`).join('\0')}\0${className === undefined ? '' : `=${className}`}`;
  const said = workspace.memoAmong('Policy', key, () => together(applying, className, workspace));
  return {
    ...said,
    get why() {
      return explain(applying, reason(entry.file), said.policies, className, said.classSources);
    },
  };
}

/** What these policies say together of a class. */
function together(
  applying: readonly Entry[],
  className: string | undefined,
  workspace: Workspace,
): Omit<EffectivePolicy, 'why'> {
  const merged = applying.map((policy) => mergedPolicy(policy, workspace));
  const value = merged.map((each) => each.value).reduceRight((far, near) => merge(far, near), {});
  const policies = merged.flatMap((each) => each.chain);
  const classes = asMap(value['classes']);
  const ofClass = className !== undefined && Object.hasOwn(classes, className) ? classes[className] : undefined;
  const classSources =
    className === undefined
      ? []
      : policies.filter((each) => dig(each.document.value, 'classes', className) !== undefined);
  return {
    policies,
    applying,
    className,
    class: className !== undefined && isMap(ofClass) ? ofClass : undefined,
    classes,
    classSources,
    severity: readSeverity(value['severity']),
    value,
    incomplete: merged.some((each) => each.incomplete),
  };
}

interface Applying {
  readonly applying: readonly Entry[];
  /** Why they apply to a file, in words. */
  readonly reason: (file: string) => string;
}

/** The policies that apply to a path by themselves. Where none says to what it applies, all files of a folder have the same. */
function applyingPolicies(file: string, workspace: Workspace): Applying {
  const anyPattern = workspace.memoAmong('Policy', 'any pattern', () =>
    workspace.byKind('Policy').some((policy) => dig(policy.document.value, 'appliesTo') !== undefined),
  );
  if (anyPattern) return findApplying(file, workspace);
  return workspace.memoAmong('Policy', `of folder ${folderOf(file)}`, () => findApplying(file, workspace));
}

/** Of the policies that fit a path the nearest; several where none is nearer. */
function findApplying(file: string, workspace: Workspace): Applying {
  const fitting = workspace.byKind('Policy').flatMap((policy) => {
    const folder = folderOf(policy.file);
    const patterns = asTexts(dig(policy.document.value, 'appliesTo'));
    const used = patterns.length > 0 ? patterns : ['**'];
    const matched = used.filter((pattern) => matchesGlob(pattern, file, folder));
    const excluded = used.some((pattern) => pattern.startsWith('!') && matchesGlob(pattern.slice(1), file, folder));
    const pattern = matched.sort((one, other) => literalLength(other) - literalLength(one))[0];
    if (pattern === undefined || excluded) return [];
    return [
      {
        policy,
        near: commonDepth(folder, folderOf(file)),
        exact: patterns.length > 0 ? 1 + literalLength(pattern) : 0,
        pattern: patterns.length > 0 ? pattern : undefined,
      },
    ];
  });
  const near = Math.max(...fitting.map((each) => each.near));
  const nearest = fitting.filter((each) => each.near === near);
  const exact = Math.max(...nearest.map((each) => each.exact));
  const equal = nearest.filter((each) => each.exact === exact);
  // A base that another of them extends applies through that one, not beside it.
  const isBase = (policy: Entry): boolean =>
    equal.some((each) => each.policy !== policy && mergedPolicy(each.policy, workspace).chain.includes(policy));
  const roots = equal.filter((each) => !isBase(each.policy));
  const chosen = roots.length > 0 ? roots : equal;
  const first = chosen[0];
  const how = (path: string): string =>
    first?.pattern === undefined
      ? `${path} lies in its folder or below`
      : `its appliesTo "${first.pattern}" fits ${path}`;
  const over =
    fitting.length > chosen.length
      ? `, and it is nearer than ${fitting
          .filter((each) => !chosen.includes(each))
          .map((each) => each.policy.file)
          .join(', ')}`
      : '';
  return { applying: chosen.map((each) => each.policy), reason: (path) => `${how(path)}${over}` };
}

/** A policy with all that it extends merged in; a circle or an unknown link ends the chain there. */
function mergedPolicy(policy: Entry, workspace: Workspace): MergedPolicy {
  return workspace.memoAmong('Policy', `merged ${policy.file}#${policy.document.index}`, () => {
    const chain: Entry[] = [];
    let incomplete = false;
    const visit = (entry: Entry): PlainMap => {
      if (chain.includes(entry)) return {};
      chain.push(entry);
      if (entry.document.problems.some((problem) => problem.code !== 'syntax/duplicate-key')) incomplete = true;
      const own = asMap(entry.document.value);
      const bases = asTexts(own['extends']).map((name) => {
        const found = workspace.resolve('Policy', name, entry.file);
        if (found.state !== 'found') incomplete = true;
        return found.state === 'found' ? visit(found.entry) : {};
      });
      const far = bases.reduce((before, after) => merge(before, after), {});
      return merge(far, own);
    };
    const value = visit(policy);
    return { chain, value, incomplete };
  });
}

/** Maps are merged key by key, anything else is replaced by the nearer value. */
function merge(far: PlainMap, near: PlainMap): PlainMap {
  const made: Record<string, unknown> = { ...far };
  for (const [key, value] of Object.entries(near)) {
    const before = made[key];
    made[key] = isMap(before) && isMap(value) ? merge(before, value) : value;
  }
  return made;
}

function readSeverity(value: unknown): Readonly<Record<string, Severity | 'off'>> {
  const made: Record<string, Severity | 'off'> = {};
  for (const [code, severity] of Object.entries(asMap(value))) {
    if (severity === 'error' || severity === 'warning' || severity === 'information' || severity === 'off')
      made[code] = severity;
    // YAML 1.1 habits: an unquoted `off` is text in YAML 1.2, but a tool that wrote `false` meant the same.
    else if (severity === false) made[code] = 'off';
  }
  return made;
}

function explain(
  applying: readonly Entry[],
  reason: string,
  policies: readonly Entry[],
  className: string | undefined,
  sources: readonly Entry[],
): string {
  const title = (entry: Entry): string => `${entry.name ?? '(no name)'} (${entry.file})`;
  const first = applying[0];
  const several =
    applying.length > 1
      ? `Policies ${applying.map(title).join(' and ')} apply together`
      : `Policy ${first ? title(first) : ''} applies`;
  const bases = policies.filter((each) => !applying.includes(each));
  const extended = bases.length > 0 ? ` It extends ${bases.map(title).join(', then ')}.` : '';
  const ofClass =
    className === undefined
      ? ' The runbook names no data class, so no class applies.'
      : sources.length === 0
        ? ` It has no class "${className}".`
        : ` Class ${className} comes from ${sources.map(title).join(', then ')}.`;
  return `${several}, because ${reason}.${extended}${ofClass}`;
}

function literalLength(pattern: string): number {
  const wild = pattern.search(/[*?[{]/);
  return wild < 0 ? pattern.length : wild;
}

function commonDepth(one: string, other: string): number {
  const left = one === '' ? [] : one.split('/');
  const right = other === '' ? [] : other.split('/');
  let depth = 0;
  while (depth < left.length && left[depth] === right[depth]) depth++;
  return depth;
}
