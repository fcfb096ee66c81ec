/** The resources that a runbook relies on, ready to be looked up: declared ones resolved, and those that its texts name. */
import type { Path, Span } from '../document/node.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { accountNamed, environmentOf } from './environment.ts';
import { groupBy } from './group.ts';
import { asMap, asText, dig, isMap, type PlainMap } from './read.ts';
import { implicitReferencesOf, type ImplicitReference } from './references.ts';
import { interpolate } from './evaluate.ts';
import { scopeOf, type Scope } from './scope.ts';

export { environmentOf } from './environment.ts';

/** A resource with every expression in it resolved, as far as the environment tells. */
export interface ResolvedResource {
  /** Its name under `resources`; undefined where only a text names it. */
  readonly name: string | undefined;
  readonly kind: string;
  /** Undefined where it is missing or an expression in it has no value: then there is nothing to ask for. */
  readonly id: string | undefined;
  /** The id as written and why it has no value yet, where it may get one; an expression that is wrong is not told here. */
  readonly openId?: { readonly text: string; readonly why: string };
  readonly region: string | undefined;
  /** As the document names it: an alias of the environment or an id. */
  readonly account: string | undefined;
  /** The account's id, where the environment tells it. */
  readonly accountId: string | undefined;
  /** What is expected of it, expressions resolved; those without a value stand as written. */
  readonly expect: PlainMap;
  /** `['resources', NAME]`, or the text that names it. */
  readonly path: Path;
  /** Where in the text, for implicit ones. */
  readonly span: Span | undefined;
  /** True where no `resources` entry stands for it. */
  readonly implicit: boolean;
  /** Where a database answers that a URL names. */
  readonly endpoint?: ImplicitReference['endpoint'];
  /** Name of the environment to ask; undefined where none applies. */
  readonly environment: string | undefined;
  /** The uses in texts, the first one included. */
  readonly uses: readonly ImplicitReference[];
}

/** Every resource of the runbook, declared ones first, each once; nothing for other documents. */
export function resourcesOf(entry: Entry, workspace: Workspace): readonly ResolvedResource[] {
  if (entry.kind !== 'Runbook') return [];
  return workspace.memoFor(entry.parsed, `resources ${entry.document.index}`, () => computeResources(entry, workspace));
}

function computeResources(entry: Entry, workspace: Workspace): readonly ResolvedResource[] {
  const scope = scopeOf(entry, workspace);
  const environment = environmentOf(entry, workspace);
  const implicit = implicitReferencesOf(entry, scope);
  const usesOf = new Map<string, ImplicitReference[]>();
  const made: ResolvedResource[] = [];
  for (const [name, value] of Object.entries(scope.resources)) {
    if (!isMap(value)) continue;
    const uses: ImplicitReference[] = [];
    usesOf.set(name, uses);
    made.push({ ...declared(name, value, scope, environment), uses });
  }
  const rest = new Map<string, ImplicitReference[]>();
  const byId = groupBy(made, (resource) => plainId(resource.id ?? ''));
  const databases = made.filter((resource) => resource.kind.startsWith('database/'));
  for (const reference of implicit) {
    const some = reference.endpoint !== undefined || reference.kind === 'aws/secret';
    const candidates = some ? [...databases, ...made] : (byId.get(plainId(reference.id)) ?? []);
    const known = linkImplicit(reference, candidates, environment);
    if (known?.name !== undefined) usesOf.get(known.name)?.push(reference);
    else {
      const key = JSON.stringify([reference.kind, reference.id, reference.region, reference.account]);
      rest.set(key, [...(rest.get(key) ?? []), reference]);
    }
  }
  // Several URLs of one database of the environment name one thing.
  const undeclaredOnes = new Map<string, ResolvedResource>();
  for (const uses of rest.values()) {
    const resource = uses[0] && undeclared(uses[0], uses, environment);
    if (!resource) continue;
    const key = JSON.stringify([resource.kind, resource.id, resource.region, resource.account]);
    const first = undeclaredOnes.get(key);
    undeclaredOnes.set(key, first ? { ...first, uses: [...first.uses, ...uses] } : resource);
  }
  return [...made, ...undeclaredOnes.values()];
}

function declared(
  name: string,
  value: PlainMap,
  scope: Scope,
  environment: Entry | undefined,
): Omit<ResolvedResource, 'uses'> {
  const read = (key: string): string | undefined => {
    const text = asText(value[key]);
    if (text === undefined) return undefined;
    const made = interpolate(text, scope, key === 'id' ? [`resources.${name}.id`] : []);
    return made.complete ? made.text : undefined;
  };
  const kind = asText(value['kind']) ?? '';
  const account = read('account');
  const id = read('id');
  const openId = id === undefined ? openIn(asText(value['id']), name, scope) : undefined;
  return {
    name,
    kind,
    id,
    ...(openId ? { openId } : {}),
    region: read('region'),
    account,
    accountId: environment && accountNamed(environment, account, cloudOf(kind))?.id,
    expect: asMap(resolveDeep(value['expect'], scope)),
    path: ['resources', name],
    span: undefined,
    implicit: false,
    environment: environment?.name,
  };
}

function openIn(text: string | undefined, name: string, scope: Scope): ResolvedResource['openId'] {
  if (text === undefined) return undefined;
  const { open } = interpolate(text, scope, [`resources.${name}.id`]);
  const [first] = open.flatMap(({ result }) =>
    result.state === 'later' || result.state === 'undecided' ? [result.why] : [],
  );
  return first === undefined || open.some(({ result }) => result.state === 'unknown')
    ? undefined
    : { text, why: first };
}

function undeclared(
  reference: ImplicitReference,
  uses: readonly ImplicitReference[],
  environment: Entry | undefined,
): ResolvedResource | undefined {
  const database = reference.endpoint && environment ? databaseAt(environment, reference.endpoint) : undefined;
  // A loopback address means the machine that runs the step, unless the environment knows it.
  if (reference.endpoint && !database && isLoopback(reference.endpoint.host)) return undefined;
  const isDatabase = reference.kind.startsWith('database/');
  return {
    name: undefined,
    kind: reference.kind,
    id: isDatabase && database !== undefined ? database : reference.id,
    region: reference.region,
    account: reference.account,
    accountId: reference.account,
    expect: {},
    path: reference.path,
    span: reference.span,
    implicit: true,
    ...(reference.endpoint ? { endpoint: reference.endpoint } : {}),
    environment: environment?.name,
    uses,
  };
}

/** The declared resource that an implicit reference means; undefined where none does. */
export function linkImplicit(
  reference: ImplicitReference,
  resources: readonly ResolvedResource[],
  environment: Entry | undefined,
): ResolvedResource | undefined {
  const database = reference.endpoint && environment ? databaseAt(environment, reference.endpoint) : undefined;
  return resources.find((resource) => {
    if (resource.id === undefined || resource.name === undefined) return false;
    if (database !== undefined && resource.kind.startsWith('database/') && resource.id === database) return true;
    if (!sameKind(resource.kind, reference.kind)) return false;
    if (
      resource.kind === 'aws/secret'
        ? !sameSecret(resource.id, reference.id)
        : plainId(resource.id) !== plainId(reference.id)
    )
      return false;
    if (reference.region !== undefined && resource.region !== undefined && reference.region !== resource.region)
      return false;
    return (
      reference.account === undefined || resource.accountId === undefined || reference.account === resource.accountId
    );
  });
}

const VAULTS = new Set(['aws/backup-vault', 'aws/recovery-points']);

function sameKind(one: string, other: string): boolean {
  return one === other || (VAULTS.has(one) && VAULTS.has(other));
}

/** Name of the environment's database that answers at this place; the port counts where both give one. */
function databaseAt(
  environment: Entry,
  endpoint: { readonly host: string; readonly port?: number },
): string | undefined {
  for (const [name, database] of Object.entries(asMap(dig(environment.document.value, 'databases')))) {
    const host = asText(dig(database, 'host'))?.toLowerCase();
    const port = dig(database, 'port');
    const samePort = typeof port !== 'number' || endpoint.port === undefined || port === endpoint.port;
    const sameHost = host !== undefined && (host === endpoint.host || (isLoopback(host) && isLoopback(endpoint.host)));
    if (sameHost && samePort) return name;
  }
  return undefined;
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\]|::1)$/.test(host);
}

/** The service adds a hyphen and six letters to a secret's name in its ARN. */
function sameSecret(one: string, other: string): boolean {
  const name = (id: string): string => id.replace(/^arn:.*?:secret:/, '');
  const [left, right] = [name(one), name(other)];
  const extends6 = (long: string, short: string): boolean =>
    long.startsWith(`${short}-`) && long.length === short.length + 7;
  return left === right || extends6(left, right) || extends6(right, left);
}

/** An id without the ARN around it. */
function plainId(id: string): string {
  if (!id.startsWith('arn:')) return id;
  const resource = id.split(':').slice(5).join(':');
  if (resource.startsWith('alias/')) return resource;
  return (
    resource
      .replace(/^(?:role|key|table)\//, '')
      .replace(/^(?:db|cluster|snapshot|backup-vault|alarm|secret):/, '')
      .split('/')
      .at(-1) ?? id
  );
}

function cloudOf(kind: string): string {
  return kind.split('/')[0] ?? '';
}

/** Plain data with every expression that has a value replaced. */
function resolveDeep(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return interpolate(value, scope).text;
  if (Array.isArray(value)) return value.map((item) => resolveDeep(item, scope));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolveDeep(each, scope)]));
}
