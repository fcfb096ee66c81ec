/** The use case *dry-run a restore*: every stage, torn down and recorded whatever happens, saying no more than was done. */
import type { Clock } from '../core/ports.ts';
import { budgetWords, estimateBudget, overBudget, throughputOf } from '../core/recovery/budget.ts';
import { controlsOf } from '../core/recovery/controls.ts';
import { planDryRun, type PlanRequest } from '../core/recovery/dryRunPlan.ts';
import {
  StageFault,
  type FetchedBackup,
  type FoundBackup,
  type Lease,
  type Leases,
  type RestoreEngine,
  type RestorePlan,
  type RunContext,
  type RunningSandbox,
} from '../core/recovery/engine.ts';
import { restoreFingerprint } from '../core/recovery/fingerprint.ts';
import { measure, withinObjectives } from '../core/recovery/measure.ts';
import { stopsWithoutKeyPerson } from '../core/recovery/personAway.ts';
import type {
  BackupRecord,
  CheckRecord,
  DraftRecord,
  EvidenceRecord,
  NoteRecord,
  RunResult,
  ShapeRecord,
  StepRecord,
} from '../core/recovery/record.ts';
import { portable } from '../core/recovery/portable.ts';
import { createStages, untilAborted, type Stages } from '../core/recovery/stages.ts';
import { sha256 } from '../core/recovery/sha256.ts';
import { shapeWords } from '../core/recovery/shape.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import type { DryRunEvent } from '../protocol.ts';

export interface DryRunRequest extends PlanRequest {
  readonly workspace: Workspace;
  /** The runbook. */
  readonly entry: Entry;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: DryRunEvent) => void;
}

/** Drift as it stood when the run began. */
export interface DriftAtStart {
  readonly factsCompared: number;
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly message: string }[];
  readonly unchecked: number;
  /** Live values of what the runbook declares, by `resource.fact`. */
  readonly facts?: Readonly<Record<string, string>>;
}

export interface DryRunDependencies {
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  readonly engine: RestoreEngine;
  readonly leases: Leases;
  /** Appends to the journal and returns the record as written, with its path from the workspace root. */
  readonly keep: (draft: DraftRecord) => Promise<{ readonly record: EvidenceRecord; readonly file: string }>;
  /** Asks whether what level 4 costs may be spent; left out: what the request's `maxCost` allows was agreed to. */
  readonly confirmCost?: (words: string) => Promise<boolean>;
  /** The last passed restore of this dry run: its shape and its throughput are what this one is held against. */
  readonly last?: (runbook: string, dryRun: string) => Promise<EvidenceRecord | undefined>;
  /** Compares the runbook with what is live; left out in an untrusted workspace. */
  readonly drift?: (entry: Entry, workspace: Workspace, signal: AbortSignal) => Promise<DriftAtStart>;
  readonly by: { readonly user: string; readonly host: string; readonly git?: string };
  readonly commit?: string;
  readonly dirty?: boolean;
  readonly version: string;
  readonly newId: () => string;
}

/** The request can't be planned: wrong name, nothing to restore. No record is made of it. */
export class DryRunUsageError extends Error {}

const CANCELLED = 'cancelled';

interface Judged {
  readonly measured: ReturnType<typeof measure>;
  /** Why an objective was not met. */
  readonly overObjective: string | undefined;
}

/**
 * Runs a dry run to its end and returns the evidence record as it stands in the journal. Rejects with a DryRunUsageError
 * where there is nothing to run, and where the record could not be written; every other outcome is in the record.
 */
export async function dryRunRestore(request: DryRunRequest, dependencies: DryRunDependencies): Promise<EvidenceRecord> {
  const planned = planDryRun(request.entry, request.workspace, request);
  if ('problem' in planned) throw new DryRunUsageError(planned.problem);
  return await new Run(request, dependencies, planned.plan).go();
}

class Run {
  private readonly request: DryRunRequest;
  private readonly to: DryRunDependencies;
  private readonly plan: RestorePlan;
  private readonly stages: Stages;
  private readonly notes: NoteRecord[] = [];
  private readonly engines: { name: string; version: string; from: string }[] = [];
  private readonly startedAt: number;
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  private lease: Lease | undefined;
  private found: FoundBackup[] = [];
  private fetched: FetchedBackup[] = [];
  private checks: readonly CheckRecord[] = [];
  private shapes: readonly ShapeRecord[] = [];
  private previous: EvidenceRecord | undefined;
  private steps: readonly StepRecord[] = [];
  private sandbox: RunningSandbox | undefined;
  private lastSandbox: RunningSandbox | undefined;
  private drift: DraftRecord['drift'] = { state: 'not-looked', factsCompared: 0, findings: [], unchecked: 0 };
  private teardown: DraftRecord['teardown'] = { proven: true, removed: [], remaining: [] };
  private level = -1;
  private restoredBytes: number | undefined;
  private attempts = 0;
  private fault: StageFault | undefined;
  private recoveryMs: { fetch?: number | undefined; restore?: number; elapsed?: number } = {};

  constructor(request: DryRunRequest, dependencies: DryRunDependencies, plan: RestorePlan) {
    this.request = request;
    this.to = dependencies;
    this.plan = plan;
    this.signal = AbortSignal.any([request.signal, this.stop.signal]);
    this.startedAt = dependencies.clock.now();
    this.stages = createStages(
      dependencies.clock,
      dependencies.redact,
      (event) => request.onEvent?.(event),
      this.signal,
    );
  }

  async go(): Promise<EvidenceRecord> {
    const { clock } = this.to;
    const callOff = clock.after(this.plan.timeoutMs, () =>
      this.stop.abort(
        new StageFault(
          'failed',
          `The run took longer than its timeout of ${Math.round(this.plan.timeoutMs / 60_000)} min and was stopped.`,
          { code: 'timeout' },
        ),
      ),
    );
    try {
      await this.work();
    } catch (error) {
      this.fault ??= this.faultOf(error);
      this.stages.failOpen(this.fault, this.isCancelled());
    } finally {
      callOff();
    }
    const judged = this.judge();
    await this.tearDown(true);
    return await this.record(judged);
  }

  private async work(): Promise<void> {
    const { stages, plan } = this;
    await stages.run('resolve', async () => {
      this.lease = await this.to.leases.begin(plan.runbook, this.request.root);
      if (!plan.trusted && plan.level > 0) {
        throw new StageFault('inconclusive', 'Nothing is looked up or restored in a workspace that is not trusted.', {
          code: 'unchecked/untrusted-workspace',
        });
      }
      const refused = (await this.to.engine.refuse(plan)) ?? this.refusedByPolicy() ?? this.stoppedByScenario();
      if (refused !== undefined) throw new StageFault('failed', refused, { code: 'refused' });
      this.signal.throwIfAborted();
      return `${plan.dryRun}: ${plan.backups.map((each) => each.name).join(', ')} with ${[...new Set(plan.backups.map((each) => each.tool))].join(', ')}, level ${plan.level}`;
    });
    this.level = 0;
    if (plan.level < 1) return;
    // Evidence that can't be read is nothing to compare with; `drillbook evidence verify` says why.
    this.previous = await this.to.last?.(plan.runbook, plan.dryRun).catch(() => undefined);
    await this.lookForDrift();
    await stages.run('locate', async () => await this.locate());
    this.level = 1;
    if (plan.level < 2) return;
    for (;;) {
      this.attempts += 1;
      try {
        await this.attempt();
        return;
      } catch (error) {
        if (!(error instanceof StageFault) || !error.sandbox || this.attempts > 1 || this.signal.aborted) throw error;
        this.notes.push({
          severity: 'warning',
          code: 'retried',
          message: this.to.redact(`The sandbox failed and was made once more: ${error.message}`),
        });
        stages.failOpen(error, false);
        await this.tearDown(false);
        this.lease = await this.to.leases.begin(plan.runbook, this.request.root);
      }
    }
  }

  /** Fetching and provisioning at the same time, then the restore and what is asked of it. */
  private async attempt(): Promise<void> {
    const { stages, plan } = this;
    const restoring = plan.level >= 3;
    const began = this.to.clock.now();
    const inner = new AbortController();
    const run = this.context(AbortSignal.any([this.signal, inner.signal]));
    // Where one of the two fails the other is called off, and says so instead of failing for the same reason.
    const together = async (
      stage: 'fetch+verify' | 'provision',
      other: string,
      work: () => Promise<string>,
    ): Promise<void> => {
      try {
        await stages.run(stage, async () => {
          try {
            return await work();
          } catch (error) {
            if (!inner.signal.aborted || this.signal.aborted) throw error;
            stages.skip(stage, `called off: ${other} did not pass`);
            throw inner.signal.reason;
          }
        });
      } catch (error) {
        inner.abort(error);
        throw error;
      }
    };
    const fetching = together('fetch+verify', 'provision', async () => {
      this.fetched = [];
      for (const found of this.found) this.fetched.push(await this.to.engine.fetch(run, found, restoring));
      return this.fetched.map((each) => each.message).join('; ');
    });
    const provisioning = restoring
      ? together('provision', 'fetch+verify', async () => {
          this.sandbox = await this.to.engine.provision(run, this.found);
          this.lastSandbox = this.sandbox;
          return [this.sandbox.engine, this.sandbox.version, this.sandbox.address]
            .filter((each) => each !== undefined)
            .join(', ');
        })
      : Promise.resolve();
    const [fetchEnd, provisionEnd] = await Promise.allSettled([fetching, provisioning]);
    for (const end of [fetchEnd, provisionEnd])
      if (end.status === 'rejected' && end.reason instanceof StageFault && !end.reason.sandbox) throw end.reason;
    for (const end of [fetchEnd, provisionEnd]) if (end.status === 'rejected') throw end.reason;
    this.recoveryMs.fetch = stages.durationOf('fetch+verify');
    // Where a restore follows it is the restore that reads every byte: until it has, nothing is verified.
    if (!restoring) this.level = 2;
    if (!restoring || !this.sandbox) return;
    const { sandbox } = this;
    const running = this.context(this.signal);
    await stages.run('restore', async () => {
      const messages: string[] = [];
      let bytes = 0;
      if (plan.steps.length > 0) {
        const outcome = await this.to.engine.steps(running, this.fetched, sandbox);
        this.steps = outcome.steps;
        bytes = outcome.restoredBytes ?? 0;
        if (outcome.failed !== undefined) throw new StageFault('failed', outcome.failed);
        messages.push(`${outcome.steps.filter((step) => step.state === 'passed').length} steps of the runbook ran`);
      } else {
        for (const fetched of this.fetched) {
          const outcome = await this.to.engine.restore(running, fetched, sandbox);
          bytes += outcome.restoredBytes;
          messages.push(outcome.message);
        }
      }
      this.signal.throwIfAborted();
      if (bytes <= 0)
        throw new StageFault('failed', 'The restore restored nothing: 0 bytes.', { code: 'nothing-restored' });
      this.restoredBytes = bytes;
      return messages.join('; ');
    });
    this.level = 2;
    this.recoveryMs.restore = Math.max(1, stages.durationOf('restore') ?? 0);
    this.recoveryMs.elapsed = this.to.clock.now() - began;
    await this.runChecks(running, sandbox);
    // Level 4 is the provider's own restore; nothing that runs here reaches it.
    this.level = this.plan.sandbox.kind === 'cloud' ? 4 : 3;
  }

  private async runChecks(run: RunContext, sandbox: RunningSandbox): Promise<void> {
    const { checks } = this.plan;
    // What the provider says of its own restore is checked, whatever the runbook asks besides.
    const asks = checks.length > 0 || this.plan.sandbox.kind === 'cloud';
    if (!asks) {
      this.notes.push({
        severity: 'warning',
        code: 'no-checks',
        message: 'The dry run has no checks: that the data is right was not looked at.',
      });
    }
    let compared = '';
    await this.stages.run('check', async () => {
      compared = await this.compareShape(run, sandbox);
      if (!asks) return compared;
      this.checks = await this.to.engine.check(run, sandbox, this.fetched);
      for (const check of this.checks) {
        const message = check.message === undefined ? undefined : this.to.redact(check.message);
        this.request.onEvent?.({
          event: 'check',
          name: check.name,
          state: check.state,
          at: this.now(),
          ...(message === undefined ? {} : { message }),
        });
      }
      const failed = this.checks.filter((check) => check.state === 'failed');
      const unknown = this.checks.filter((check) => check.state === 'inconclusive');
      const worst = failed[0] ?? unknown[0];
      if (!worst)
        return `${this.checks.length} of ${this.checks.length} checks passed${compared === '' ? '' : `; ${compared}`}`;
      this.level = 3;
      throw new StageFault(
        failed.length > 0 ? 'failed' : 'inconclusive',
        `${failed.length + unknown.length} of ${this.checks.length} checks did not pass: "${worst.name}": ${worst.message ?? worst.state}`,
      );
    });
    if (!asks && this.shapes.length === 0) this.stages.skip('check', 'the dry run has no checks');
  }

  /** Holds the restored schema against the backup's own account of it and the last passed run's. Empty: there is no schema. */
  private async compareShape(run: RunContext, sandbox: RunningSandbox): Promise<string> {
    const outcome = await this.to.engine.shape?.(run, sandbox, this.fetched, this.previous?.shape ?? []);
    if (!outcome) return '';
    this.shapes = outcome.shapes;
    if (outcome.problems.length > 0) {
      this.level = 3;
      throw new StageFault('failed', outcome.problems.join(' '), { code: 'schema-lost' });
    }
    return `schema compared: ${outcome.shapes.map(shapeWords).join('; ')}`;
  }

  private async lookForDrift(): Promise<void> {
    const { stages } = this;
    const { drift } = this.to;
    if (!drift) {
      stages.skip('drift', 'live infrastructure is not looked at here');
      return;
    }
    stages.start('drift');
    try {
      const found = await untilAborted(
        this.to.clock,
        this.signal,
        drift(this.request.entry, this.request.workspace, this.signal),
      );
      this.drift = {
        state: 'compared',
        ...found,
        findings: found.findings.map((each) => ({ ...each, message: this.to.redact(each.message) })),
        ...(found.facts === undefined ? {} : { facts: this.redacted(found.facts) }),
      };
      const words = `${found.factsCompared} facts compared, ${found.findings.length} findings, ${found.unchecked} not checked`;
      stages.finish('drift', found.unchecked > 0 && found.factsCompared === 0 ? 'inconclusive' : 'passed', words);
    } catch (error) {
      this.signal.throwIfAborted();
      stages.finish(
        'drift',
        'inconclusive',
        `Drift could not be looked for: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private redacted(facts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, this.to.redact(value)]));
  }

  private async locate(): Promise<string> {
    this.found = [];
    const run = this.context(this.signal);
    for (const backup of this.plan.backups) this.found.push(await this.to.engine.locate(run, backup));
    const records = this.found.map((each) => each.record);
    const bytes = records.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
    const budget = estimateBudget(this.plan, bytes, records, throughputOf(this.previous));
    const words = records
      .map((record) => `${record.uri}, ${record.bytes ?? 'unknown'} bytes, ${record.time ?? 'of unknown time'}`)
      .join('; ');
    return budget ? `${words}; estimated: ${budgetWords(budget)}` : words;
  }

  private stoppedByScenario(): string | undefined {
    return this.plan.scenario === 'person-away' ? stopsWithoutKeyPerson(this.request.entry.document.value) : undefined;
  }

  /** Where real data may go is the policy's. */
  private refusedByPolicy(): string | undefined {
    const { restoreIn, sandbox, dataClass, level } = this.plan;
    if (restoreIn === undefined || level < 2) return undefined;
    const local = !['server', 'container', 'kubernetes', 'cloud'].includes(sandbox.kind);
    if (
      restoreIn.includes(sandbox.kind) ||
      (local && restoreIn.some((each) => ['workstation', 'local', 'private'].includes(each)))
    )
      return undefined;
    return `The policy lets data of class "${dataClass ?? ''}" be restored only in: ${restoreIn.join(', ')}; this dry run would restore it on this machine (${sandbox.kind}). Use a sandbox of the environment, or let the policy name "workstation".`;
  }

  /** Removes everything that was made and proves it. */
  private async tearDown(last: boolean): Promise<void> {
    const { lease } = this;
    if (!lease) {
      if (last) this.stages.skip('teardown', 'nothing was made');
      return;
    }
    if (last) this.stages.start('teardown');
    const run = this.context(new AbortController().signal);
    const outcome = await this.to.engine.teardown(run, this.sandbox, lease.all(), last ? this.found : []);
    this.sandbox = undefined;
    await lease.end(!outcome.proven);
    this.lease = undefined;
    this.teardown = {
      proven: outcome.proven && this.teardown.proven,
      removed: [...this.teardown.removed, ...outcome.removed],
      remaining: [...this.teardown.remaining, ...outcome.remaining],
    };
    if (!last) return;
    const words = outcome.proven
      ? `removed and looked for again: ${outcome.removed.join(', ')}`
      : `still there: ${outcome.remaining.join(', ')}`;
    this.stages.finish('teardown', outcome.proven ? 'passed' : 'failed', words);
  }

  /** What was measured, against the objectives; before the teardown, as nothing after it counts. */
  private judge(): Judged {
    const measured = measure(
      this.plan,
      this.found,
      { ...this.recoveryMs, ...(this.restoredBytes === undefined ? {} : { bytes: this.restoredBytes }) },
      this.stages,
      { steps: this.steps, bytesPerSecond: throughputOf(this.previous) },
    );
    const { failed, notes } = withinObjectives(this.plan, measured.measured);
    const { budget } = measured;
    const over = budget ? overBudget(budget, this.plan.rtoMs, measured.measured.elapsedMs !== undefined) : [];
    for (const note of [...notes, ...over]) this.notes.push(note);
    // An estimate is a finding; what people's time was measured to be decides, as the restore's time does.
    const overObjective =
      failed ??
      (budget?.effort?.measuredMs === undefined
        ? undefined
        : over.find((note) => note.code === 'budget-effort')?.message);
    this.stages.insertMeasure(
      overObjective,
      measured.measured.statement ?? 'nothing was restored that could be measured',
    );
    return { measured, overObjective };
  }

  private async record({ measured, overObjective }: Judged): Promise<EvidenceRecord> {
    this.stages.start('record');
    this.stages.finish('record', 'passed', 'written to the journal');
    const role = this.roleRecord();
    const { result, why } = this.resultOf(role, overObjective);
    const { entry } = this.request;
    const text = entry.parsed.text.slice(entry.document.start, entry.document.end);
    const backups = this.backupRecords();
    const account = this.plan.backups
      .map((each) => (each.location.kind === 'bucket' ? each.location.access.id : undefined))
      .find((each) => each !== undefined);
    const draft: DraftRecord = {
      version: 1,
      kind: 'dry-run',
      id: this.to.newId(),
      tool: { name: 'drillbook', version: this.to.version },
      runbook: {
        name: this.plan.runbook,
        file: entry.file,
        ...(this.plan.title === undefined ? {} : { title: this.plan.title }),
        sha256: sha256(text),
        ...(this.to.commit === undefined ? {} : { commit: this.to.commit }),
        ...(this.to.dirty === undefined ? {} : { dirty: this.to.dirty }),
      },
      restoreFingerprint: restoreFingerprint(entry.document.value),
      dryRun: this.plan.dryRun,
      ...(this.plan.environment === undefined
        ? {}
        : { environment: { name: this.plan.environment, ...(account === undefined ? {} : { account }) } }),
      level: Math.max(0, this.level),
      requestedLevel: this.plan.level,
      result,
      summary: this.to.redact(why),
      proves: this.plan.proves,
      ...(this.plan.scenario === undefined ? {} : { scenario: this.plan.scenario }),
      ...(this.plan.dataClass === undefined ? {} : { dataClass: this.plan.dataClass }),
      by: this.to.by,
      ...(role === undefined ? {} : { role }),
      engines: this.engines,
      ...(this.lastSandbox ? { sandbox: sandboxRecord(this.lastSandbox) } : {}),
      ...(backups[0] ? { backup: backups[0] } : {}),
      ...(backups.length > 1 ? { backups } : {}),
      stages: this.stages.all(),
      checks: this.checks.map((check) =>
        check.message === undefined ? check : { ...check, message: this.to.redact(check.message) },
      ),
      ...(this.shapes.length > 0 ? { shape: this.shapes } : {}),
      ...(this.steps.length > 0 ? { steps: this.steps } : {}),
      measured: measured.measured,
      ...(measured.budget ? { budget: measured.budget } : {}),
      drift: this.drift,
      notes: this.notes.map((note) => ({ ...note, message: this.to.redact(note.message) })),
      teardown: this.teardown,
      attempts: Math.max(1, this.attempts),
      controls: controlsOf('dry-run', Math.max(0, this.level), result),
      startedAt: new Date(this.startedAt).toISOString(),
      finishedAt: this.now(),
    };
    const kept = await this.to.keep(portable(draft, this.request.root));
    this.request.onEvent?.({ event: 'result', result, evidence: kept.file, at: this.now() });
    return kept.record;
  }

  private roleRecord(): DraftRecord['role'] {
    const { role } = this.plan;
    if (!role) return undefined;
    const access = this.found.find((each) => each.access !== undefined)?.access;
    return {
      name: role.name,
      ...(role.arn === undefined ? {} : { arn: role.arn }),
      assumed: access?.assumed ?? false,
      ...(access?.used === undefined ? {} : { used: access.used }),
      ...(access?.why === undefined ? (access ? {} : { why: 'no backup was read through it' }) : { why: access.why }),
    };
  }

  private resultOf(
    role: DraftRecord['role'],
    overObjective: string | undefined,
  ): { readonly result: RunResult; readonly why: string } {
    const label = `${this.plan.runbook}#${this.plan.dryRun}`;
    if (this.isCancelled())
      return {
        result: 'cancelled',
        why: `${label} was cancelled; what it had made was ${this.teardown.proven ? 'removed' : 'not removed whole'}.`,
      };
    if (this.fault) return { result: this.fault.kind, why: this.fault.message };
    if (!this.teardown.proven)
      return { result: 'inconclusive', why: `Not everything could be removed: ${this.teardown.remaining.join(', ')}.` };
    if (overObjective !== undefined) return { result: 'failed', why: overObjective };
    const access = this.found.find((each) => each.access !== undefined)?.access;
    if (role && access?.assumed === false) {
      return {
        result: 'inconclusive',
        why: `The restore role "${role.name}" was not used (${role.why ?? 'unknown why'}): the caller's own rights read the backup, so this does not show that the runbook's role could.`,
      };
    }
    if (this.plan.level === 1 && this.stages.stateOf('drift') === 'inconclusive')
      return { result: 'inconclusive', why: 'The backup was found, but nothing live could be compared.' };
    if (this.level < Math.min(this.plan.level, 4))
      return {
        result: 'inconclusive',
        why: `Level ${this.plan.level} was asked for, level ${Math.max(0, this.level)} was reached.`,
      };
    return {
      result: 'passed',
      why: `${label} passed at level ${this.level}: ${this.stages.messageOf(this.level >= 3 ? 'restore' : this.level === 2 ? 'fetch+verify' : this.level === 1 ? 'locate' : 'resolve') ?? 'done'}.`,
    };
  }

  private backupRecords(): readonly BackupRecord[] {
    return this.found.map((found) => this.fetched.find((each) => each.found === found)?.record ?? found.record);
  }

  private context(signal: AbortSignal): RunContext {
    const { lease } = this;
    return {
      plan: this.plan,
      signal,
      folder: lease?.folder ?? '',
      owner: lease?.owner,
      ...(this.to.confirmCost ? { confirmCost: this.to.confirmCost } : {}),
      made: async (thing) => await lease?.made(thing),
      gone: async (thing) => await lease?.gone(thing),
      output: (stage, text) => this.stages.output(stage, text),
      progress: (stage, done, total) =>
        this.request.onEvent?.({
          event: 'progress',
          stage,
          done,
          ...(total === undefined ? {} : { total }),
          at: this.now(),
        }),
      note: (note) => {
        if (!this.notes.some((each) => each.message === note.message)) this.notes.push(note);
      },
      engine: (name, version, from) => {
        if (!this.engines.some((each) => each.name === name && each.version === version))
          this.engines.push({ name, version, from });
      },
    };
  }

  private faultOf(error: unknown): StageFault {
    const reason: unknown = this.stop.signal.aborted ? this.stop.signal.reason : error;
    if (reason instanceof StageFault) return reason;
    if (this.request.signal.aborted) return new StageFault('inconclusive', CANCELLED);
    return new StageFault(
      'inconclusive',
      `Drillbook itself failed: ${reason instanceof Error ? reason.message : String(reason)}`,
      { output: reason instanceof Error ? (reason.stack ?? '') : '' },
    );
  }

  private isCancelled(): boolean {
    return this.request.signal.aborted && !(this.fault instanceof StageFault && this.fault.message !== CANCELLED);
  }

  private now(): string {
    return new Date(this.to.clock.now()).toISOString();
  }
}

function sandboxRecord(sandbox: RunningSandbox): NonNullable<DraftRecord['sandbox']> {
  return {
    kind: sandbox.kind,
    engine: sandbox.engine,
    ...(sandbox.version === undefined ? {} : { version: sandbox.version }),
    ...(sandbox.address === undefined ? {} : { address: sandbox.address }),
    ...(sandbox.systemIdentifier === undefined ? {} : { systemIdentifier: sandbox.systemIdentifier }),
    ...(sandbox.isolation === undefined ? {} : { isolation: sandbox.isolation }),
  };
}
