/** One dry run from the command line: the use case with the machine behind it, and the report of what came of it. */
import * as path from 'node:path';
import { detectDrift, factsOf } from '../app/detectDrift.ts';
import type { DriftAtStart } from '../app/dryRun/dependencies.ts';
import { dryRunRestore, DryRunUsageError } from '../app/dryRunRestore.ts';
import type { PlanRequest } from '../core/recovery/dryRunPlan.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { createEngine } from '../dryrun/engine.ts';
import type { EnginePorts } from '../dryrun/ports.ts';
import { EVIDENCE_FOLDER, newRunId } from '../evidence/journal.ts';
import { lastPassedRecord } from '../evidence/last.ts';
import { lastNumbers } from '../evidence/summary.ts';
import { createDownloads } from '../platform/downloads.ts';
import { createGates } from '../platform/gate.ts';
import type { DryRunEvent } from '../protocol.ts';
import { UsageError, type CommandContext } from './command.ts';
import { peopleAtHand } from './dryRunPeople.ts';
import { dryRunNames, type Target } from './dryRunTarget.ts';
import { openJournal } from './evidenceKeep.ts';
import { readEvidence } from './evidenceSummary.ts';
import { openLookup } from './live.ts';
import { isUnchecked } from './status.ts';

const DRIFT_DEADLINE_MS = 30_000;

export interface DryRunOutcome {
  readonly record: EvidenceRecord;
  /** Path of the record from the workspace root. */
  readonly evidence: string | undefined;
}

/** The machine as the dry run's rooms need it. */
export async function enginePorts(context: CommandContext): Promise<EnginePorts> {
  const { clock, files, processes, machine, secrets, log, approvedHosts } = context.dependencies;
  return {
    clock,
    files,
    processes,
    machine,
    secrets,
    log,
    downloads: createDownloads,
    gates: createGates(),
    hosts: await approvedHosts(context.values.list('allow-host')),
    mayFetchPackages: !context.values.flag('no-fetch'),
  };
}

/** @throws UsageError where there is nothing to run. */
export async function runOne(
  context: CommandContext,
  target: Target,
  request: Omit<PlanRequest, 'root' | 'last'>,
  onEvent: (event: DryRunEvent) => void,
): Promise<DryRunOutcome> {
  const { clock, secrets, trusted } = context.dependencies;
  const { root, workspace } = target.selection;
  const { entry } = target;
  const ports = await enginePorts(context);
  const { engine, leases } = createEngine(ports);
  const journal = await openJournal(context, target.selection, entry);
  const evidence = await readEvidence(context, root);
  const last = lastNumbers(evidence, entry.name ?? '', request.name ?? dryRunNames(entry)[0] ?? '');
  // Under either name: the account alone is no second person.
  const doers = [journal.by.git, journal.by.user].filter((each) => each !== undefined);
  const people = await peopleAtHand(context, root, entry, doers);
  let file: string | undefined;
  try {
    const record = await dryRunRestore(
      { ...request, root, workspace, entry, signal: context.signal, onEvent, ...(last === undefined ? {} : { last }) },
      {
        clock,
        redact: secrets.redact,
        engine,
        leases,
        ...journal,
        keep: async (draft) => {
          const kept = await journal.keep(draft);
          file = kept.file;
          return kept;
        },
        last: async (runbook, dryRun) =>
          await lastPassedRecord(ports.files, path.join(root, EVIDENCE_FOLDER), runbook, dryRun),
        version: context.program.version,
        ...(context.values.flag('yes') ? {} : { confirmCost: async (words) => await agreed(context, words) }),
        ...(people === undefined ? {} : { people }),
        newId: () => newRunId(clock.now()),
        ...(trusted
          ? { drift: async (_entry, _workspace, signal) => await driftAtStart(context, target, signal) }
          : {}),
      },
    );
    return { record, evidence: file };
  } catch (error) {
    if (error instanceof DryRunUsageError) throw new UsageError(error.message, 'dry-run');
    throw error;
  }
}

/** Asks before money is spent; where no one can be asked, and `--yes` was not given, the answer is no. */
async function agreed(context: CommandContext, words: string): Promise<boolean> {
  const answer = await context.terminal.ask(`${words} Spend it? [y/N] `);
  return answer !== undefined && /^y(es)?$/iu.test(answer.trim());
}

async function driftAtStart(context: CommandContext, target: Target, signal: AbortSignal): Promise<DriftAtStart> {
  const lookup = await openLookup(context, target.selection);
  const drift = await detectDrift(target.selection.workspace, [target.entry], {
    lookup,
    now: context.dependencies.clock.now(),
    maxAgeMs: 0,
    signal,
    deadlineMs: DRIFT_DEADLINE_MS,
  });
  const found = drift.findings.filter((finding) => !isUnchecked(finding.code));
  const facts = factsOf(drift.observations);
  return {
    factsCompared: drift.factsCompared,
    findings: found.map(({ code, severity, message }) => ({ code, severity, message })),
    unchecked: drift.findings.length - found.length,
    ...(Object.keys(facts).length > 0 ? { facts } : {}),
  };
}

/** Absolute path of a file of the workspace. */
export function inRoot(target: Target, file: string): string {
  return path.join(target.selection.root, file);
}
