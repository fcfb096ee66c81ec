/** A dry run in a process of its own: the command line's arguments for it, its events, and what came of it. */
import type { DryRunEvent } from '../protocol.ts';
import type { DryRunOutcome, DryRunStart } from './dependencies.ts';

/** Longest wait for the teardown of a cancelled run, milliseconds: it promises 10 s. */
const TEARDOWN_GRACE_MS = 15_000;

/** Starts our program; as platform/childProgram.ts gives it. */
export type RunProgram = (options: {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly graceMs: number;
  readonly onLine: (line: string) => void;
}) => Promise<{ readonly code: number | null; readonly signal: string | null; readonly stderr: string }>;

/** Arguments of `drillbook dry-run`. The confirmation was given in the editor. */
export function dryRunArguments(start: DryRunStart): string[] {
  const target = start.byName ? start.runbook : start.file;
  return [
    'dry-run',
    start.name === undefined ? target : `${target}#${start.name}`,
    '--events',
    '--yes',
    ...option('--level', start.level),
    ...option('--scenario', start.scenario),
    ...option('--backup', start.backup),
    ...option('--before', start.before),
    ...option('--max-cost', start.maxCost),
    ...start.allowedHosts.flatMap((host) => ['--allow-host', host]),
  ];
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)];
}

/** Runs it to its end. @throws where the process can't be started, or ends without a result. */
export async function runDryRun(run: RunProgram, start: DryRunStart): Promise<DryRunOutcome> {
  let result: Extract<DryRunEvent, { event: 'result' }> | undefined;
  let failed: string | undefined;
  const end = await run({
    args: dryRunArguments(start),
    cwd: start.root,
    signal: start.signal,
    graceMs: TEARDOWN_GRACE_MS,
    onLine: (line) => {
      const event = parseEvent(line);
      if (!event) return;
      if (event.event === 'result') result = event;
      if (event.event === 'stage' && (event.state === 'failed' || event.state === 'inconclusive')) {
        failed ??= event.message ?? `${event.stage} ${event.state}`;
      }
      start.onEvent(event);
    },
  });
  const outcome = outcomeOf(result?.result, end.code, start.signal.aborted);
  if (outcome === undefined) {
    const why = end.stderr.trim().split('\n').at(-1) ?? '';
    throw new Error(why === '' ? `it ended with status ${end.code ?? end.signal ?? 'unknown'}` : why);
  }
  const of = `Dry run of ${start.runbook}`;
  const message = failed === undefined ? `${of}: ${outcome}.` : `${of}: ${outcome}. ${failed}`;
  return {
    result: outcome,
    message,
    ...(result?.evidence === undefined ? {} : { evidence: absolute(start.root, result.evidence) }),
    ...(result?.report === undefined ? {} : { report: absolute(start.root, result.report) }),
  };
}

function outcomeOf(
  said: string | undefined,
  code: number | null,
  aborted: boolean,
): DryRunOutcome['result'] | undefined {
  if (said === 'passed' || said === 'failed' || said === 'inconclusive' || said === 'cancelled') return said;
  if (aborted) return 'cancelled';
  // No result was told: only the exit status is left, and without evidence nothing has passed.
  if (code === 1) return 'failed';
  return code === 3 ? 'inconclusive' : undefined;
}

/** One line of `--events`; undefined where it is none. */
function parseEvent(line: string): DryRunEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    const known = typeof value === 'object' && value !== null && 'event' in value;
    return known && typeof value.event === 'string' ? (value as DryRunEvent) : undefined;
  } catch {
    return undefined;
  }
}

function absolute(root: string, path: string): string {
  return path.startsWith('/') || /^[a-z]:[\\/]/iu.test(path) ? path : `${root}/${path}`;
}
