/** Writes a first policy, environment and runbook into a workspace; from live facts where a resource is named. Overwrites nothing. */
import type { Files, Lookup } from '../core/ports.ts';
import type { Unknown } from '../core/drift/observation.ts';
import { scaffold, scaffoldNotes, type ScaffoldFile, type ScaffoldLive } from '../core/recovery/scaffold.ts';
import { accountNamed, accountsOf } from '../core/references/environment.ts';
import { at, durationOf, namedMaps, type Data } from '../core/rules/read.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

/** Facts that are asked for by kind, so that the runbook's expectations are what is live. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  'aws/s3-bucket': ['versioning', 'objectLock', 'encryption', 'publicAccess'],
  'aws/rds-instance': ['engine', 'version', 'storageEncrypted', 'backupRetentionDays', 'multiAz', 'deletionProtection'],
  'aws/rds-cluster': ['engine', 'version', 'storageEncrypted', 'backupRetentionDays', 'deletionProtection'],
  'aws/dynamodb-table': ['pitr', 'recoveryDays', 'deletionProtection'],
  'database/postgres': ['version', 'databases', 'extensions'],
  'database/mysql': ['version', 'databases'],
  'database/mariadb': ['version', 'databases'],
  'database/mongodb': ['version', 'databases'],
  'database/redis': ['version'],
};

export interface InitRequest {
  /** Absolute path of the workspace root. */
  readonly root: string;
  readonly name?: string;
  readonly owner?: string;
  /** `--from-live KIND ID`. */
  readonly fromLive?: {
    readonly kind: string;
    readonly id: string;
    readonly region?: string;
    readonly account?: string;
    readonly environment?: string;
  };
}

export interface InitDependencies {
  readonly workspace: Workspace;
  readonly files: Files;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Needed for `fromLive` only. */
  readonly lookup?: Lookup;
}

export type InitResult =
  | { readonly state: 'written'; readonly files: readonly ScaffoldFile[]; readonly notes: readonly string[] }
  /** A file that would be written is there already; nothing was written. */
  | { readonly state: 'exists'; readonly file: string }
  | { readonly state: 'absent'; readonly message: string }
  | { readonly state: 'unknown'; readonly unknown: Unknown; readonly message: string };

/** The kinds that `fromLive` knows. */
export const LIVE_KINDS: readonly string[] = Object.keys(FACTS);

/** The class that lets most be lost: what data matter is for people to say, and a guess too high is a page of findings. */
function mildestClass(policy: unknown): string | undefined {
  const classes = namedMaps(at(policy, 'classes'));
  const real = classes.filter(([, value]) => value['ephemeral'] !== true && value['mandated'] === undefined);
  const loss = (value: Data): number => durationOf(value['rpo']) ?? Infinity;
  const sorted = [...(real.length > 0 ? real : classes)].sort(
    ([, one], [, other]) => Math.sign(loss(other) - loss(one)) || 0,
  );
  return sorted[0]?.[0];
}

/** Writes the files that are missing. Rejects only where the file system refuses, or on abort. */
export async function initWorkspace(request: InitRequest, dependencies: InitDependencies): Promise<InitResult> {
  const { workspace, files, now } = dependencies;
  const notes: string[] = [];
  const environment = environmentFor(workspace, request.fromLive?.environment);
  let live: ScaffoldLive | undefined;
  if (request.fromLive) {
    const looked = await look(request.fromLive, environment, dependencies, notes);
    if ('state' in looked) return looked;
    live = looked;
    notes.push(...scaffoldNotes(looked));
  }
  const policy = workspace.byKind('Policy')[0];
  const dataClass = mildestClass(policy?.document.value);
  if (dataClass !== undefined)
    notes.push(`Its class is ${dataClass}, which asks for least: choose another where its data matter more.`);
  const written = scaffold({
    today: new Date(now).toISOString().slice(0, 10),
    ...(request.name === undefined ? {} : { name: request.name }),
    ...(request.owner === undefined ? {} : { owner: request.owner }),
    ...(live ? { live } : {}),
    ...(environment?.name === undefined ? {} : { environment: environment.name }),
    hasPolicy: policy !== undefined,
    ...(dataClass === undefined ? {} : { dataClass }),
  });
  for (const { file } of written) {
    if (await files.info(`${request.root}/${file}`)) return { state: 'exists', file };
  }
  for (const { file, text } of written) {
    const path = `${request.root}/${file}`;
    await files.makeFolder(path.slice(0, path.lastIndexOf('/')));
    await files.writeAtomic(path, text);
  }
  return { state: 'written', files: written, notes };
}

/** The environment that is named, else the only one there is. */
function environmentFor(workspace: Workspace, name: string | undefined): Entry | undefined {
  const all = workspace.byKind('Environment');
  if (name !== undefined) return all.find((entry) => entry.name === name);
  return all.length === 1 ? all[0] : undefined;
}

async function look(
  asked: NonNullable<InitRequest['fromLive']>,
  environment: Entry | undefined,
  { lookup, signal, now }: InitDependencies,
  notes: string[],
): Promise<ScaffoldLive | Exclude<InitResult, { state: 'written' | 'exists' }>> {
  const { kind, id } = asked;
  const facts = FACTS[kind];
  if (!facts) {
    const detail = `A runbook can't be written from ${kind}; it can from ${LIVE_KINDS.join(', ')}.`;
    return { state: 'unknown', unknown: { reason: 'unsupported', detail }, message: detail };
  }
  if (!lookup || environment?.name === undefined) {
    const detail =
      'There is no environment to look in: run drillbook init first, and say in the environment where live is.';
    return { state: 'unknown', unknown: { reason: 'unsupported', detail }, message: detail };
  }
  const { observations } = await lookup.look(
    [
      {
        kind,
        id,
        facts,
        environment: environment.name,
        ...(asked.region === undefined ? {} : { region: asked.region }),
        ...(asked.account === undefined ? {} : { account: asked.account }),
      },
    ],
    { signal, maxAgeMs: 0 },
  );
  const [seen] = observations;
  if (!seen) throw new Error(`No answer came for ${kind} ${id}.`);
  if (seen.state === 'absent')
    return {
      state: 'absent',
      message: `There is no ${kind} ${id} in ${environment.name}; look at its name, region and account.`,
    };
  if (seen.state === 'unknown') return { state: 'unknown', unknown: seen.unknown, message: seen.unknown.detail };
  const known: Record<string, unknown> = {};
  for (const [name, fact] of Object.entries(seen.facts)) {
    if ('value' in fact) known[name] = fact.value;
    else notes.push(`${name} could not be looked up: ${fact.unknown.detail}`);
  }
  const region = seen.region ?? asked.region;
  const account =
    seen.account ?? (asked.account === undefined ? undefined : accountNamed(environment, asked.account, 'aws')?.id);
  const aliases = accountsOf(environment).filter((each) => each.cloud === kind.split('/')[0]);
  const alias = aliases.length > 1 ? aliases.find((each) => each.id === account)?.alias : undefined;
  return {
    kind,
    id,
    facts: known,
    ...(alias === undefined ? {} : { alias }),
    at: seen.at === '' ? new Date(now).toISOString() : seen.at,
    ...(region === undefined || kind.startsWith('database/') ? {} : { region }),
    ...(account === undefined ? {} : { account }),
  };
}
