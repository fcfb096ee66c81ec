/** Ready-made expectations: a fact compared as text, number, duration, boolean, version, or as another name of one thing. */
import { majorLength, judgeVersion } from '../version.ts';
import { satisfies, shown, textOf, type ValueKind } from '../expected.ts';
import { undecided, valueVerdict, type Expectation, type JudgeInput, type Verdict } from './kind.ts';

/** A fact of the same meaning as the expectation: `versioning: enabled`. `what` reads in "has … none". */
export function plain(fact: string, what: string, kind: ValueKind = 'text'): Expectation {
  return {
    facts: () => [fact],
    judge(expected, { resource, fact: valueOf }) {
      const actual = valueOf(fact);
      return verdictOf(
        satisfies(expected, actual, kind),
        () => valueVerdict(resource, what, expected, actual),
        resource.id,
      );
    },
  };
}

function verdictOf(holds: 'yes' | 'no' | 'undecided', drift: () => Verdict, id: string): readonly Verdict[] {
  if (holds === 'yes') return [];
  const verdict = drift();
  if (holds === 'no') return [verdict];
  return [
    undecided(
      `${id}: the expectation ${shown(verdict.expected)} can't be compared with the live ${shown(verdict.actual)}.`,
    ),
  ];
}

/** A switch. */
export function flag(fact: string, what: string): Expectation {
  return {
    facts: () => [fact],
    judge(expected, { resource, fact: valueOf }) {
      const actual = valueOf(fact);
      const holds = satisfies(expected, actual, 'boolean');
      return verdictOf(holds, () => valueVerdict(resource, `${what}:`, expected, actual), resource.id);
    },
  };
}

/** An expectation that is of no interest while something else is wrong, which is said by itself. */
export function unless(expectation: Expectation, moot: (input: JudgeInput) => boolean): Expectation {
  return { ...expectation, judge: (expected, input) => (moot(input) ? [] : expectation.judge(expected, input)) };
}

/** How old something may be: the fact is a moment (ISO 8601), the expectation a duration. */
export function within(fact: string, what: string): Expectation {
  return {
    facts: () => [fact],
    judge(expected, { resource, context, fact: valueOf }) {
      const actual = textOf(valueOf(fact));
      const moment = actual === undefined || actual === 'none' ? Number.NaN : Date.parse(actual);
      if (Number.isNaN(moment)) {
        return [
          {
            ...valueVerdict(resource, what, expected, 'none'),
            message: `${resource.id} has no ${what}; the runbook expects one within ${shown(expected)}.`,
          },
        ];
      }
      const bound = typeof expected === 'string' && /^[<>=]/.test(expected.trim()) ? expected : `<=${shown(expected)}`;
      const age = `${String(Math.max(0, context.now - moment))}ms`;
      return verdictOf(
        satisfies(bound, age, 'duration'),
        () => ({
          ...valueVerdict(resource, what, expected, actual),
          message: `${resource.id} has its ${what} at ${actual ?? ''}; the runbook expects it within ${shown(expected)}.`,
        }),
        resource.id,
      );
    },
  };
}

/** A version: by segments, another major an error, another minor a warning. */
export function version(autoMinorFact?: string): Expectation {
  return {
    facts: () => ['version'],
    optional: ['engine', ...(autoMinorFact === undefined ? [] : [autoMinorFact])],
    judge(expected, input) {
      const { resource, fact } = input;
      const actual = textOf(fact('version'));
      const engine = textOf(fact('engine')) ?? '';
      if (actual === undefined) return [];
      const judged = judgeVersion(expected, actual, engine);
      if (judged.state === 'holds') return [];
      if (judged.state === 'undecided') {
        return [undecided(`${resource.id}: version ${actual} can't be compared with ${shown(expected)}.`)];
      }
      const itself =
        autoMinorFact !== undefined && fact(autoMinorFact) === true && judged.newer && judged.state === 'minor';
      return [
        {
          code: `drift/version-${judged.state}`,
          message: `${resource.id} runs ${engine === '' ? 'version' : engine} ${actual}; the runbook expects ${shown(expected)}${itself ? ' (minor upgrades are automatic there)' : ''}.`,
          ...(itself ? { severity: 'information' as const } : {}),
          expected,
          actual,
          data: { suggest: suggestedVersion(expected, actual, engine) },
        },
      ];
    },
  };
}

/** The live version written as precisely as the expectation was. */
function suggestedVersion(expected: unknown, actual: string, engine: string): string {
  const text = shown(expected);
  const length = /^[<>=!]/.test(text) ? majorLength(engine) : text.split('.').length;
  return actual.split('.').slice(0, Math.max(1, length)).join('.');
}

/** Two names of one thing are equal: ARN against name, alias against id; `same` decides. */
export function named(
  fact: string,
  what: string,
  same: (expected: string, actual: string, input: JudgeInput) => boolean | undefined,
): Expectation {
  return {
    facts: () => [fact],
    judge(expected, input) {
      const actual = textOf(input.fact(fact)) ?? 'none';
      const wanted = textOf(expected) ?? '';
      const equal = wanted.toLowerCase() === actual.toLowerCase() ? true : same(wanted, actual, input);
      if (equal === true) return [];
      if (equal === undefined) {
        return [undecided(`${input.resource.id}: whether ${wanted} is ${actual} can't be told from here.`)];
      }
      return [valueVerdict(input.resource, what, expected, actual)];
    },
  };
}

/** Every declared item is among the live ones; order never matters. */
export function includes(
  fact: string,
  what: string,
  key: (item: string, input: JudgeInput) => string = (item) => item,
): Expectation {
  return {
    facts: () => [fact],
    judge(expected, input) {
      const live = new Set((input.fact(fact) as readonly unknown[]).map((item) => key(shown(item), input)));
      const wanted = Array.isArray(expected) ? expected : [expected];
      return wanted.flatMap((item, index): Verdict[] =>
        live.has(key(shown(item), input))
          ? []
          : [
              {
                ...valueVerdict(input.resource, what, item, input.fact(fact)),
                below: Array.isArray(expected) ? [index] : [],
              },
            ],
      );
    },
  };
}
