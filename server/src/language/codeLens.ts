/** Code lenses: dry-run a restore, what drifted, how old a backup is, the recovery plan. Each carries a command of cli.md. */
import type { CodeLens, Command } from 'vscode-languageserver-types';
import { pairAt, rangeOf } from '../core/document/navigate.ts';
import type { Path } from '../core/document/node.ts';
import type { EvidenceEntry } from '../core/rules/rule.ts';
import { asMap, asTexts, dig } from '../core/references/read.ts';
import type { Entry } from '../core/workspace.ts';
import { COMMANDS, type DryRunArguments, type ShowEvidenceArguments } from '../protocol.ts';
import { backupLenses } from './backupLenses.ts';
import type { LanguageContext } from './context.ts';
import { dryRunsOf } from './dryRuns.ts';
import { objectivesOf } from './objectives.ts';
import { against, ago, agoOf } from './words.ts';

/** The lenses of a file, in order of the text. */
export function codeLenses(context: LanguageContext): CodeLens[] {
  return context.entries
    .filter((entry) => entry.kind === 'Runbook')
    .flatMap((entry) => [
      ...(context.lenses.dryRun ? dryRunLenses(context, entry) : []),
      ...(context.lenses.drift ? driftLens(context, entry) : []),
      ...(context.lenses.backupAge ? backupLenses(context, entry) : []),
      ...(context.lenses.recoveryPlan ? planLens(context, entry) : []),
    ]);
}

/** A lens on the key at `path`; none where it isn't written here. */
function lensAt(context: LanguageContext, entry: Entry, path: Path, command: Command): CodeLens[] {
  const key = pairAt(entry.document, path)?.key;
  return key ? [{ range: rangeOf(context.parsed, key), command }] : [];
}

function dryRunLenses(context: LanguageContext, entry: Entry): CodeLens[] {
  const { name: runbook } = entry;
  if (runbook === undefined) return [];
  const runs = dryRunsOf(entry, context.workspace, context.evidence);
  const { rtoMs } = objectivesOf(entry, context.workspace);
  return runs.flatMap(({ name, level, last }) => {
    const which = runs.length > 1 ? ` ${name}` : '';
    const result = last
      ? `${lastResult(last, rtoMs, context.now)}${lastRestored(context, runbook, last)}`
      : 'never run';
    const run: DryRunArguments = { uri: context.uri, runbook, name, level };
    const show: ShowEvidenceArguments = { uri: context.uri, runbook, name };
    return [
      ...lensAt(context, entry, ['kind'], {
        title: `Dry-run restore${which} · level ${level} · ${result}`,
        command: COMMANDS.dryRun,
        arguments: [run],
      }),
      ...(last
        ? lensAt(context, entry, ['kind'], {
            title: `evidence${which}`,
            command: COMMANDS.showEvidence,
            arguments: [show],
          })
        : []),
    ];
  });
}

/** `passed 2 days ago at level 3, restored in 22m of 1h RTO`. */
function lastResult(last: EvidenceEntry, rtoMs: number | undefined, now: number): string {
  const time = last.elapsedMs ?? last.restoreMs;
  const measured = time === undefined || last.level < 3 ? '' : `, ${against(time, rtoMs, 'RTO')}`;
  return `last ${last.result} ${agoOf(last.finishedAt, now)} at level ${last.level}${measured}`;
}

/** A run that restored nothing must not hide when the backup was last really restored. */
function lastRestored(context: LanguageContext, runbook: string, last: EvidenceEntry): string {
  if (last.level >= 3) return '';
  const restored = context.evidence.entries
    .filter((each) => each.runbook === runbook && each.dryRun === last.dryRun)
    .filter((each) => each.scenario === undefined && each.level >= 3)
    .sort((one, other) => other.finishedAt.localeCompare(one.finishedAt))[0];
  return restored === undefined
    ? ' · never restored'
    : ` · restore ${restored.result} ${agoOf(restored.finishedAt, context.now)}`;
}

function driftLens(context: LanguageContext, entry: Entry): CodeLens[] {
  const state = context.live.stateOf(context.file);
  const resources = Object.keys(asMap(dig(entry.document.value, 'resources')));
  if (resources.length === 0) return [];
  const command = { command: COMMANDS.refreshDrift, arguments: [{ uri: context.uri }] };
  let title = 'not compared with live yet · check now';
  if (state?.checkedAtMs !== undefined) {
    const unchecked = state.unchecked > 0 ? ` · ${state.unchecked} unchecked` : '';
    const age = ago(Math.max(0, context.now - state.checkedAtMs));
    title = `${state.drifted} drifted${unchecked} · checked ${age} · ${state.busy ? 'checking…' : 're-check'}`;
  } else if (state?.busy) title = 'comparing with live…';
  else if (state && state.unchecked > 0) title = `${state.unchecked} unchecked · re-check`;
  return lensAt(context, entry, ['resources'], { title, ...command });
}

function planLens(context: LanguageContext, entry: Entry): CodeLens[] {
  const before = asTexts(dig(entry.document.value, 'restore', 'dependsOn'));
  if (before.length === 0 || entry.name === undefined) return [];
  return lensAt(context, entry, ['restore', 'dependsOn'], {
    title: 'recovery plan',
    command: COMMANDS.showPlan,
    arguments: [{ uri: context.uri, runbook: entry.name }],
  });
}
