/** What is live, listed by `drillbook coverage` in a process of its own: the server's own process loads no SDK. */
import type { CoverageReport } from '../core/recovery/coverage.ts';
import { resourcesOf } from '../core/references/effective.ts';
import { asMap, asText, dig } from '../core/references/read.ts';
import type { Workspace } from '../core/workspace.ts';
import type { InventoryItem } from './dependencies.ts';
import type { RunProgram } from './dryRunProcess.ts';

export interface Inventoried {
  readonly items: readonly InventoryItem[];
  /** What could not be listed and why, one sentence each. */
  readonly notes: readonly string[];
  /** ISO 8601. */
  readonly at: string;
}

const GRACE_MS = 5000;

/** Lists an environment's data stores. @throws Error with the program's own words where it gave no report. */
export async function listInventory(
  run: RunProgram,
  root: string,
  workspace: Workspace,
  environment: string | undefined,
  options: { readonly allowedHosts: readonly string[]; readonly signal: AbortSignal },
): Promise<Inventoried> {
  const lines: string[] = [];
  const end = await run({
    args: [
      'coverage',
      '--format',
      'json',
      ...(environment === undefined ? [] : ['--environment', environment]),
      ...options.allowedHosts.flatMap((host) => ['--allow-host', host]),
    ],
    cwd: root,
    signal: options.signal,
    graceMs: GRACE_MS,
    onLine: (line) => void lines.push(line),
  });
  options.signal.throwIfAborted();
  const report = parseReport(lines.join('\n'));
  if (!report) throw new Error(end.stderr.trim().split('\n').at(-1) ?? `it ended with status ${end.code ?? 'unknown'}`);
  const [only] = workspace.names('Environment');
  return {
    at: report.at,
    items: [
      ...databasesNamed(workspace, environment),
      ...report.rows.map((row) => ({
        kind: row.kind,
        id: row.id,
        environment: environment ?? report.environments[0] ?? only ?? '',
        ...(row.region === undefined ? {} : { region: row.region }),
        ...(row.account === undefined ? {} : { account: row.account }),
        detail: row.why,
        covered: row.state !== 'uncovered',
      })),
    ],
    notes: report.unchecked.map(({ what, account, region, unknown }) => {
      const where = [account, region].filter((each) => each !== undefined).join(', ');
      return `${what}${where === '' ? '' : ` (${where})`} could not be listed: ${unknown.detail}`;
    }),
  };
}

/** Databases that environments name: no account lists them, and they are there to be restored all the same. */
function databasesNamed(workspace: Workspace, environment: string | undefined): InventoryItem[] {
  const used = new Set(
    workspace
      .byKind('Runbook')
      .flatMap((entry) => resourcesOf(entry, workspace).map(({ kind, id }) => `${kind} ${id ?? ''}`)),
  );
  return workspace
    .byKind('Environment')
    .filter((entry) => environment === undefined || entry.name === environment)
    .flatMap((entry) =>
      Object.entries(asMap(dig(entry.document.value, 'databases'))).flatMap(([id, database]) => {
        const engine = asText(dig(database, 'engine'));
        if (engine === undefined) return [];
        const kind = `database/${engine}`;
        const detail = 'named in the environment';
        return [{ kind, id, environment: entry.name ?? '', detail, covered: used.has(`${kind} ${id}`) }];
      }),
    );
}

function parseReport(text: string): CoverageReport | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isReport = typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows);
    return isReport ? (value as CoverageReport) : undefined;
  } catch {
    return undefined;
  }
}
