/** Databases asked directly: version, what is in them, settings, roles, and how far a replica lags. */
import { durationText, entriesOf, field, satisfies, shown, textOf } from '../../expected.ts';
import { judgeVersion } from '../../version.ts';
import { undecided, valueVerdict, type Expectation, type Kind, type Verdict } from '../kind.ts';
import { includes, version } from '../expectations.ts';

const extensions: Expectation = {
  facts: () => ['extensions'],
  judge(expected, { resource, fact }) {
    const live = fact('extensions');
    const wanted: readonly (readonly [string, unknown, string | number])[] = Array.isArray(expected)
      ? expected.map((name, index) => [shown(name), undefined, index] as const)
      : typeof expected === 'string'
        ? [[expected, undefined, '']]
        : entriesOf(expected).map(([name, constraint]) => [name, constraint, name] as const);
    return wanted.flatMap(([name, constraint, at]): Verdict[] => {
      const below = at === '' ? [] : [at];
      const actual = textOf(field(live, name));
      if (actual === undefined) {
        return [
          {
            ...valueVerdict(resource, `the extension ${name}:`, constraint ?? 'installed', 'not installed', { below }),
            message: `${resource.id} doesn't have the extension ${name}; the runbook expects it${constraint === undefined || constraint === true ? '' : ` at ${shown(constraint)}`}.`,
          },
        ];
      }
      if (constraint === undefined || constraint === true || constraint === null || constraint === '*') return [];
      const judged = judgeVersion(constraint, actual);
      if (judged.state === 'holds') return [];
      if (judged.state === 'undecided')
        return [
          undecided(`${resource.id}: version ${actual} of ${name} can't be compared with ${shown(constraint)}.`, {
            below,
          }),
        ];
      return [
        {
          ...valueVerdict(resource, name, constraint, actual, { below }),
          message: `${resource.id} has ${name} ${actual}; the runbook expects ${shown(constraint)}.`,
        },
      ];
    });
  },
};

const settings: Expectation = {
  facts: (expected) => entriesOf(expected).map(([name]) => `setting:${name}`),
  judge(expected, { resource, fact }) {
    return entriesOf(expected).flatMap(([name, wanted]): Verdict[] => {
      const actual = fact(`setting:${name}`);
      if (actual === undefined) return [];
      const holds = settingHolds(wanted, actual);
      if (holds === 'yes') return [];
      if (holds === 'undecided')
        return [
          undecided(`${resource.id}: the setting ${name} (${shown(actual)}) can't be compared with ${shown(wanted)}.`, {
            below: [name],
          }),
        ];
      return [
        {
          ...valueVerdict(resource, name, wanted, actual, { below: [name] }),
          message: `${resource.id} has ${name} = ${shown(actual)}; the runbook expects ${shown(wanted)}.`,
        },
      ];
    });
  },
};

/** Comparisons by number or duration, switches whatever they are written as (`on`, `true`, `1`), else text. */
function settingHolds(wanted: unknown, actual: unknown): 'yes' | 'no' | 'undecided' {
  if (typeof wanted === 'string' && /^[<>!=]/.test(wanted)) {
    const asNumber = satisfies(wanted, actual, 'number');
    return asNumber === 'undecided' ? satisfies(wanted, actual, 'duration') : asNumber;
  }
  if (satisfies(wanted, actual, 'text') === 'yes') return 'yes';
  const one = (value: unknown): unknown => (String(value) === '1' ? 'on' : String(value) === '0' ? 'off' : value);
  const asSwitch = satisfies(one(wanted), one(actual), 'boolean');
  return asSwitch === 'undecided' ? 'no' : asSwitch;
}

const replicaLag: Expectation = {
  facts: () => ['replicaLag'],
  judge(expected, { resource, fact }) {
    const lag = fact('replicaLag');
    if (lag === 'none') {
      return [
        {
          ...valueVerdict(resource, 'replica lag', expected, 'none'),
          message: `${resource.id} is no replica (or doesn't replicate), so its lag can't hold ${shown(expected)}.`,
        },
      ];
    }
    const bound = /^[<>=]/.test(shown(expected)) ? expected : `<=${shown(expected)}`;
    const holds = satisfies(bound, `${shown(lag)}ms`, 'duration');
    if (holds === 'yes') return [];
    if (holds === 'undecided') return [undecided(`${resource.id}: ${shown(expected)} is no duration.`)];
    return [
      {
        code: 'drift/value',
        message: `${resource.id} lags ${durationText(Number(lag))} behind; the runbook expects ${shown(expected)}.`,
        expected,
        actual: `${shown(lag)}ms`,
      },
    ];
  },
};

/** Roles by name, or `{ name: { superuser: false, … } }` where attributes matter. */
const roles: Expectation = {
  facts: () => ['roles'],
  judge(expected, input) {
    const live = input.fact('roles');
    if (Array.isArray(expected) || typeof expected === 'string') {
      const names = entriesOf(live).map(([name]) => name);
      return includes('roles', 'the roles', (item) => item).judge(expected, { ...input, fact: () => names });
    }
    return entriesOf(expected).flatMap(([name, attributes]): Verdict[] => {
      const role = field(live, name);
      if (role === undefined) {
        return [
          {
            ...valueVerdict(input.resource, 'the role', name, 'none', { below: [name] }),
            message: `${input.resource.id} has no role ${name}; the runbook expects it.`,
          },
        ];
      }
      return entriesOf(attributes).flatMap(([attribute, wanted]): Verdict[] => {
        const actual = field(role, attribute);
        if (actual === undefined) {
          return [
            undecided(`${input.resource.id}: the attribute ${attribute} of ${name} is not known.`, {
              below: [name, attribute],
            }),
          ];
        }
        return satisfies(wanted, actual, 'boolean') === 'yes' || satisfies(wanted, actual, 'text') === 'yes'
          ? []
          : [valueVerdict(input.resource, `${name} with ${attribute}`, wanted, actual, { below: [name, attribute] })];
      });
    });
  },
};

const COMMON: Readonly<Record<string, Expectation>> = {
  version: version(),
  databases: includes('databases', 'the databases'),
  extensions,
  settings,
  roles,
  replicaLag,
};

const database = (id: string): Kind => ({ id, regional: false, expectations: COMMON, judgements: [] });

export const postgres = database('database/postgres');
export const mysql = database('database/mysql');
export const mariadb = database('database/mariadb');
export const mongodb = database('database/mongodb');
export const redis = database('database/redis');
