/** Databases asked directly: version, what is in them, settings, roles, and how far a replica lags. */
import { durationText, entriesOf, field, satisfies, shown, textOf } from '../../expected.ts';
import { judgeVersion } from '../../version.ts';
import { undecided, valueVerdict, type Expectation, type Judgement, type Kind, type Verdict } from '../kind.ts';
import { includes, unless, version } from '../expectations.ts';
import { settings } from './settings.ts';
import { unlessUnseen } from './unseen.ts';

const extensions: Expectation = {
  facts: () => ['extensions'],
  judge(expected, input) {
    const { resource, fact } = input;
    const live = fact('extensions');
    const wanted: readonly (readonly [string, unknown, string | number])[] = Array.isArray(expected)
      ? expected.map((name, index) => [shown(name), undefined, index] as const)
      : typeof expected === 'string'
        ? [[expected, undefined, '']]
        : entriesOf(expected).map(([name, constraint]) => [name, constraint, name] as const);
    return wanted.flatMap(([name, constraint, at]): Verdict[] => {
      const below = at === '' ? [] : [at];
      // Names that aren't quoted are lower case, whatever a runbook writes.
      const actual = textOf(field(live, name) ?? field(live, name.toLowerCase()));
      if (actual === undefined) {
        return [
          unlessUnseen('extensions', `the extension ${name}`, input, {
            ...valueVerdict(resource, `the extension ${name}:`, constraint ?? 'installed', 'not installed', { below }),
            message: `${resource.id} doesn't have the extension ${name}; the runbook expects it${constraint === undefined || constraint === true || constraint === '*' ? '' : ` at ${shown(constraint)}`}.`,
          }),
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
      return includes('roles', 'the roles', (item) => item)
        .judge(expected, { ...input, fact: () => names })
        .map((verdict) => ({ ...verdict, message: noRole(input.resource.id, shown(verdict.expected)) }));
    }
    return entriesOf(expected).flatMap(([name, attributes]): Verdict[] => {
      const role = field(live, name);
      if (role === undefined) {
        return [
          {
            ...valueVerdict(input.resource, 'the role', name, 'none', { below: [name] }),
            message: noRole(input.resource.id, name),
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

const noRole = (id: string, name: string): string => `${id} has no role ${name}; the runbook expects it.`;

const databases: Expectation = {
  facts: () => ['databases'],
  judge: (expected, input) =>
    includes('databases', 'the databases')
      .judge(expected, input)
      .map((verdict) => unlessUnseen('databases', `the database ${shown(verdict.expected)}`, input, verdict)),
};

/** MySQL and MariaDB speak one protocol, so that one may answer for the other. */
function isOtherEngine(kind: string, engine: string): boolean {
  return ['database/mysql', 'database/mariadb'].includes(kind) && engine !== '' && kind !== `database/${engine}`;
}

const COMMON: Readonly<Record<string, Expectation>> = {
  // Of another engine, its version says nothing: that it is another is said.
  version: unless(version(), ({ resource, fact }) => isOtherEngine(resource.kind, shown(fact('engine') ?? ''))),
  databases,
  extensions,
  settings,
  roles,
  replicaLag,
};

/** MySQL and MariaDB speak one protocol, number their versions apart, and don't take each other's physical backups. */
const otherEngine: Judgement = {
  facts: ({ kind }) => (['database/mysql', 'database/mariadb'].includes(kind) ? ['engine'] : []),
  judge({ resource, fact }) {
    const engine = shown(fact('engine'));
    const wanted = resource.kind.slice('database/'.length);
    if (engine === wanted) return [];
    return [
      {
        ...valueVerdict(resource, 'engine', wanted, engine),
        message: `${resource.id} is a ${engine} ${shown(fact('version') ?? '')}, not a ${wanted}; the runbook declares ${resource.kind}.`,
        path: [...resource.path, 'kind'],
      },
    ];
  },
};

const database = (id: string): Kind => ({ id, regional: false, expectations: COMMON, judgements: [otherEngine] });

export const postgres = database('database/postgres');
export const mysql = database('database/mysql');
export const mariadb = database('database/mariadb');
export const mongodb = database('database/mongodb');
export const redis = database('database/redis');
