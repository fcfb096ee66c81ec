/** The stage *record*: all that was gathered as one evidence record. */
import { controlsOf } from '../../core/recovery/controls.ts';
import type { RunningSandbox } from '../../core/recovery/engine.ts';
import { restoreFingerprint } from '../../core/recovery/fingerprint.ts';
import type { DraftRecord } from '../../core/recovery/record.ts';
import { sha256 } from '../../core/recovery/sha256.ts';
import type { Judged } from './measure.ts';
import type { Outcome } from './result.ts';
import { timeNow, type Run } from './run.ts';

export function recordOf(run: Run, judged: Judged, role: DraftRecord['role'], { result, why }: Outcome): DraftRecord {
  const { plan, got, to } = run;
  const level = Math.max(0, got.level);
  const backups = got.found.map((found) => got.fetched.find((each) => each.found === found)?.record ?? found.record);
  return {
    version: 1,
    kind: 'dry-run',
    id: to.newId(),
    tool: { name: 'drillbook', version: to.version },
    runbook: runbookOf(run),
    restoreFingerprint: restoreFingerprint(run.request.entry.document.value),
    dryRun: plan.dryRun,
    ...environmentOf(run),
    level,
    requestedLevel: plan.level,
    result,
    summary: to.redact(why),
    proves: plan.proves,
    ...(plan.scenario === undefined ? {} : { scenario: plan.scenario }),
    ...(plan.dataClass === undefined ? {} : { dataClass: plan.dataClass }),
    by: to.by,
    ...(role === undefined ? {} : { role }),
    engines: run.engines,
    ...(got.lastSandbox ? { sandbox: sandboxOf(got.lastSandbox) } : {}),
    ...(backups[0] ? { backup: backups[0] } : {}),
    ...(backups.length > 1 ? { backups } : {}),
    stages: run.stages.all(),
    checks: got.checks.map((check) =>
      check.message === undefined ? check : { ...check, message: to.redact(check.message) },
    ),
    ...(got.shapes.length > 0 ? { shape: got.shapes } : {}),
    ...(got.steps.length > 0 ? { steps: got.steps } : {}),
    measured: judged.measured,
    ...(judged.budget ? { budget: judged.budget } : {}),
    drift: got.drift,
    notes: run.notes.map((note) => ({ ...note, message: to.redact(note.message) })),
    teardown: got.teardown,
    attempts: Math.max(1, got.attempts),
    controls: controlsOf('dry-run', level, result, plan.frameworks),
    startedAt: new Date(run.startedAt).toISOString(),
    finishedAt: timeNow(run),
  };
}

function runbookOf({ request, plan, to }: Run): DraftRecord['runbook'] {
  const { entry } = request;
  return {
    name: plan.runbook,
    file: entry.file,
    ...(plan.title === undefined ? {} : { title: plan.title }),
    sha256: sha256(entry.parsed.text.slice(entry.document.start, entry.document.end)),
    ...(to.commit === undefined ? {} : { commit: to.commit }),
    ...(to.dirty === undefined ? {} : { dirty: to.dirty }),
  };
}

/** The environment, and the account that the first backup in a bucket lies in. */
function environmentOf({ plan }: Run): Pick<DraftRecord, 'environment'> {
  if (plan.environment === undefined) return {};
  const account = plan.backups
    .map((each) => (each.location.kind === 'bucket' ? each.location.access.id : undefined))
    .find((each) => each !== undefined);
  return { environment: { name: plan.environment, ...(account === undefined ? {} : { account }) } };
}

function sandboxOf(sandbox: RunningSandbox): NonNullable<DraftRecord['sandbox']> {
  return {
    kind: sandbox.kind,
    engine: sandbox.engine,
    ...(sandbox.version === undefined ? {} : { version: sandbox.version }),
    ...(sandbox.address === undefined ? {} : { address: sandbox.address }),
    ...(sandbox.systemIdentifier === undefined ? {} : { systemIdentifier: sandbox.systemIdentifier }),
    ...(sandbox.isolation === undefined ? {} : { isolation: sandbox.isolation }),
  };
}
