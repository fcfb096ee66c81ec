/** Steps mode: the runbook's own steps in the sandbox, each as soon as what it needs is done, with verify, timeout and rollback. */
import type { FetchedBackup, RunContext, RunningSandbox, StepsOutcome } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import type { StepRecord } from '../core/recovery/record.ts';
import { asText, asTexts, type PlainMap } from '../core/references/read.ts';
import { parseDuration } from '../core/values/duration.ts';
import type { EnginePorts } from './ports.ts';
import type { MariadbHandle } from './sandboxes/mariadb.ts';
import type { PostgresHandle } from './sandboxes/postgres.ts';
import { approvalOf, manualStep, turns, type Approved, type InTurn } from './steps/people.ts';
import { openShell, type Shell, type ShellResult } from './steps/shell.ts';
import { bytesIn, prepareMariadbTarget, prepareTarget, targetDatabase } from './steps/target.ts';
import { lastWords } from './tool.ts';

const DEFAULT_TIMEOUT_MS = 30 * 60_000;

/** Runs the steps. A failed one lets those under way end, rolls back what was done, in reverse, and ends the run. */
export async function runSteps(
  ports: EnginePorts,
  run: RunContext,
  fetched: readonly FetchedBackup[],
  sandbox: RunningSandbox,
): Promise<StepsOutcome> {
  if (!run.plan.trusted)
    throw new StageFault('inconclusive', "The runbook's steps are not run in a workspace that is not trusted.", {
      code: 'unchecked/untrusted-workspace',
    });
  const database = targetDatabase(run, sandbox);
  if (sandbox.engine === 'postgres')
    await prepareTarget(ports, run, sandbox.handle as PostgresHandle, database, fetched);
  if (sandbox.engine === 'mariadb' || sandbox.engine === 'mysql')
    await prepareMariadbTarget(ports, run, sandbox.handle as MariadbHandle, database);
  const shell = await openShell(ports, run, fetched, sandbox, database, longest(run));
  const { records, failed } = await carryOut(ports, run, shell).finally(async () => await shell.close());
  const steps = run.plan.steps.map((step): StepRecord => {
    const kind = step['manual'] === undefined ? 'run' : 'manual';
    return (
      records.get(idOf(step)) ?? { id: idOf(step), kind, state: 'skipped', message: 'a step before it did not succeed' }
    );
  });
  const executed = steps.filter((step) => step.kind === 'run' && step.state === 'passed').length;
  const why = failed ?? (executed === 0 ? "None of the runbook's steps could be run: all are manual." : undefined);
  return {
    steps,
    restoredBytes: why === undefined ? await bytesIn(ports, run, sandbox, database) : 0,
    ...(why === undefined ? {} : { failed: why }),
  };
}

/** Runs them, and rolls back where one failed. */
async function carryOut(ports: EnginePorts, run: RunContext, shell: Shell): Promise<Progress> {
  const progress = await inOrderOfNeeds(ports, run, shell);
  if (progress.failed !== undefined) await rollBack(run, shell, progress.begun);
  return progress;
}

/** Milliseconds that the commands may take, each with its "verify", one after the other. */
function longest({ plan }: RunContext): number {
  const commands = plan.steps.filter((step) => step['run'] !== undefined);
  const all = commands.reduce((sum, step) => sum + timeoutOf(step) * (step['verify'] === undefined ? 1 : 2), 0);
  return Math.min(plan.timeoutMs, all);
}

function timeoutOf(step: PlainMap): number {
  return parseDuration(asText(step['timeout']) ?? '')?.ms ?? DEFAULT_TIMEOUT_MS;
}

interface Progress {
  readonly records: ReadonlyMap<string, StepRecord>;
  /** The commands that began, in that order. */
  readonly begun: readonly PlainMap[];
  readonly failed: string | undefined;
}

async function inOrderOfNeeds(ports: EnginePorts, run: RunContext, shell: Shell): Promise<Progress> {
  const { steps } = run.plan;
  const records = new Map<string, StepRecord>();
  const begun: PlainMap[] = [];
  const waiting = [...steps];
  const underWay = new Map<PlainMap, Promise<PlainMap>>();
  let failed: string | undefined;
  const inTurn = turns();
  const start = async (step: PlainMap): Promise<PlainMap> => {
    const record = await runStep(ports, run, step, { shell, inTurn, onBegin: () => begun.push(step) });
    records.set(record.id, record);
    if (record.state === 'failed') failed ??= `Step "${record.id}" failed: ${record.message ?? 'no reason given'}`;
    return step;
  };
  try {
    while (failed === undefined || underWay.size > 0) {
      const ready =
        failed === undefined ? waiting.filter((step) => needsOf(step, steps).every((id) => records.has(id))) : [];
      for (const step of ready) {
        waiting.splice(waiting.indexOf(step), 1);
        underWay.set(step, start(step));
      }
      if (underWay.size === 0) break;
      underWay.delete(await Promise.race(underWay.values()));
    }
  } finally {
    // One that throws ends the run; the others must not run on beside its teardown.
    await Promise.allSettled(underWay.values());
  }
  if (failed === undefined && waiting.length > 0)
    failed = `The steps ${waiting.map((step) => `"${idOf(step)}"`).join(', ')} can't begin: they need each other, or a step that is not there.`;
  return { records, begun, failed };
}

/** In order, unless a step says what it needs. */
function needsOf(step: PlainMap, all: readonly PlainMap[]): readonly string[] {
  if (step['needs'] !== undefined) return asTexts(step['needs']);
  const before = all[all.indexOf(step) - 1];
  return before === undefined ? [] : [idOf(before)];
}

function idOf(step: PlainMap): string {
  return asText(step['id']) ?? '';
}

interface StepSurroundings {
  readonly shell: Shell;
  readonly inTurn: InTurn;
  /** The step's command is about to be carried out. */
  readonly onBegin: () => void;
}

async function runStep(
  ports: EnginePorts,
  run: RunContext,
  step: PlainMap,
  { shell, inTurn, onBegin }: StepSurroundings,
): Promise<StepRecord> {
  const text = asText(step['run']);
  if (text === undefined) return await inTurn(async () => await manualStep(ports, run, step));
  const approval = await inTurn(async () => await approvalOf(run, step));
  const started = ports.clock.now();
  const finish = (state: StepRecord['state'], message: string | undefined, output: string): StepRecord => ({
    id: idOf(step),
    kind: 'run',
    state,
    startedAt: new Date(started).toISOString(),
    finishedAt: new Date(ports.clock.now()).toISOString(),
    durationMs: ports.clock.now() - started,
    ...(approval.by === undefined ? {} : { approvedBy: approval.by }),
    ...withMessage(message, approval, ports.secrets.redact),
    ...(output === '' ? {} : { output: ports.secrets.redact(output).slice(-4000) }),
  });
  if (approval.refused !== undefined) return finish('failed', approval.refused, '');
  onBegin();
  const timeoutMs = timeoutOf(step);
  const result = carriedOut(await shell.run(text, step, timeoutMs), idOf(step));
  if (result.timedOut)
    return finish('failed', `it took longer than its timeout of ${Math.round(timeoutMs / 1000)} s`, result.stderr);
  if (result.code !== 0)
    return finish(
      'failed',
      `status ${result.code ?? result.signal ?? 'unknown'}: ${wordsOf(result)}`,
      result.stdout + result.stderr,
    );
  const verify = asText(step['verify']);
  if (verify === undefined) return finish('passed', undefined, result.stderr);
  const verified = carriedOut(await shell.run(verify, step, timeoutMs), idOf(step));
  return verified.code === 0
    ? finish('passed', 'verified', result.stderr)
    : finish(
        'failed',
        `its "verify" ${verified.timedOut ? `took longer than ${Math.round(timeoutMs / 1000)} s` : `ended with status ${verified.code ?? 'unknown'}`}: ${wordsOf(verified)}`,
        verified.stdout + verified.stderr,
      );
}

/** What a command said last; many that test something say nothing. */
function wordsOf(result: ShellResult): string {
  const words = lastWords(result);
  return words === '' ? 'it said nothing' : words;
}

/** A step that failed while the cloud was out of reach says nothing of the runbook. */
function carriedOut(result: ShellResult, id: string): ShellResult {
  if (result.unreached === undefined || (result.code === 0 && !result.timedOut)) return result;
  throw new StageFault(
    'inconclusive',
    `Step "${id}" did not succeed, and from the sandbox there was no way to the cloud meanwhile: ${result.unreached}.`,
    { sandbox: true, code: 'cloud-unreachable', output: result.stderr },
  );
}

function withMessage(
  message: string | undefined,
  { unasked }: Approved,
  redact: (text: string) => string,
): Pick<StepRecord, 'message'> {
  const words = [message, unasked].filter((each) => each !== undefined).join('; ');
  return words === '' ? {} : { message: redact(words) };
}

async function rollBack(run: RunContext, shell: Shell, begun: readonly PlainMap[]): Promise<void> {
  for (const step of [...begun].reverse()) {
    const text = asText(step['rollback']);
    if (text === undefined) continue;
    const result = await shell.run(text, step, DEFAULT_TIMEOUT_MS);
    run.note(
      result.code === 0
        ? { severity: 'information', code: 'rolled-back', message: `Step "${idOf(step)}" was rolled back.` }
        : {
            severity: 'error',
            code: 'rollback-failed',
            message: `The rollback of step "${idOf(step)}" failed: ${lastWords(result)}`,
          },
    );
  }
}
