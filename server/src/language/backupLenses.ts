/** The lens above each backup: the age of its newest point against the RPO, from live facts where they tell, else from evidence. */
import type { CodeLens } from 'vscode-languageserver-types';
import { pairAt, rangeOf } from '../core/document/navigate.ts';
import { asMap, asText, dig } from '../core/references/read.ts';
import type { Entry } from '../core/workspace.ts';
import { COMMANDS, type DryRunArguments, type ShowEvidenceArguments } from '../protocol.ts';
import type { LanguageContext, LiveResource } from './context.ts';
import { lastRun } from './dryRuns.ts';
import { objectivesOf } from './objectives.ts';
import { ago, span } from './words.ts';

/** Backups that the provider makes of its own resource: how far back it can be restored is a fact of the resource. */
const PROVIDER_TOOLS: readonly string[] = ['rds-snapshot', 'aws-backup'];

/** One lens a backup of the runbook; none for a backup that no dry run and no live fact knows. */
export function backupLenses(context: LanguageContext, entry: Entry): CodeLens[] {
  const { name: runbook } = entry;
  if (runbook === undefined) return [];
  return Object.keys(asMap(dig(entry.document.value, 'backups'))).flatMap((backup) => {
    const key = pairAt(entry.document, ['backups', backup])?.key;
    const command = liveLens(context, entry, backup) ?? evidenceLens(context, entry, runbook, backup);
    return key === undefined || command === undefined ? [] : [{ range: rangeOf(context.parsed, key), command }];
  });
}

function rpoText(context: LanguageContext, entry: Entry): string {
  const { rpoMs } = objectivesOf(entry, context.workspace);
  return rpoMs === undefined ? '' : ` · RPO ${span(rpoMs)}`;
}

/** What the last look-up saw: its age now, because a backup grows older while nobody looks. */
function liveLens(context: LanguageContext, entry: Entry, backup: string): CodeLens['command'] {
  const newest = newestSeen(context, entry, backup);
  if (newest === undefined) return undefined;
  const { rpoMs } = objectivesOf(entry, context.workspace);
  const age = Math.max(0, context.now - newest.at);
  const over = rpoMs !== undefined && age > rpoMs ? ' · over' : '';
  const seen = ago(Math.max(0, context.now - newest.seenAt));
  return {
    title: `newest ${span(age)} old${rpoText(context, entry)}${over} · checked ${seen} · re-check`,
    command: COMMANDS.refreshDrift,
    arguments: [{ uri: context.uri }],
  };
}

/** The newest one when the last dry run looked; where none did, the way to look without restoring anything. */
function evidenceLens(context: LanguageContext, entry: Entry, runbook: string, backup: string): CodeLens['command'] {
  const runs = asMap(dig(entry.document.value, 'dryRuns'));
  const names = Object.keys(runs).filter((run) => asText(dig(runs[run], 'backup')) === backup);
  const newest = names
    .map((run) => ({ run, last: lastRun(context.evidence, runbook, run) }))
    .filter((each) => each.last?.backup?.time !== undefined)
    .sort((one, other) => (other.last?.startedAt ?? '').localeCompare(one.last?.startedAt ?? ''))[0];
  const time = Date.parse(newest?.last?.backup?.time ?? '');
  const seen = Date.parse(newest?.last?.startedAt ?? '');
  if (newest && Number.isFinite(time) && Number.isFinite(seen)) {
    const age = span(Math.max(0, seen - time));
    const show: ShowEvidenceArguments = { uri: context.uri, runbook, name: newest.run };
    return {
      title: `newest was ${age} old${rpoText(context, entry)} · seen ${ago(Math.max(0, context.now - seen))}`,
      command: COMMANDS.showEvidence,
      arguments: [show],
    };
  }
  const [name] = names;
  if (name === undefined) return undefined;
  const look: DryRunArguments = { uri: context.uri, runbook, name, level: 1 };
  return {
    title: `newest not looked at yet${rpoText(context, entry)} · look (level 1)`,
    command: COMMANDS.dryRun,
    arguments: [look],
  };
}

/** When the newest point of a backup was made, and when that was seen; undefined where no live fact tells. */
function newestSeen(
  context: LanguageContext,
  entry: Entry,
  backup: string,
): { readonly at: number; readonly seenAt: number } | undefined {
  const declared = asMap(dig(entry.document.value, 'backups', backup));
  const resources = context.live.resourcesOf(context.file).filter((each) => each.document === entry.document.index);
  const named = (name: unknown): LiveResource | undefined => resources.find((each) => each.name === asText(name));
  const source = named(declared['of']);
  const vault = named(dig(declared, 'in', 'vault'));
  if (vault?.kind === 'aws/recovery-points') {
    return pointTimes(vault, source?.id).sort((one, other) => other.at - one.at)[0];
  }
  const byProvider = PROVIDER_TOOLS.includes(asText(declared['tool']) ?? '');
  return source !== undefined && byProvider ? timeOf(factOf(source, 'latestRestorable'), source) : undefined;
}

function factOf({ observation }: LiveResource, name: string): unknown {
  const fact = observation.state === 'found' ? observation.facts[name] : undefined;
  return fact !== undefined && 'value' in fact ? fact.value : undefined;
}

function timeOf(value: unknown, { observation }: LiveResource): { at: number; seenAt: number } | undefined {
  const at = Date.parse(asText(value) ?? '');
  const seenAt = Date.parse(observation.at);
  return Number.isFinite(at) && Number.isFinite(seenAt) ? { at, seenAt } : undefined;
}

/** Times of the finished points of one source in a vault; of all of them where the source isn't known. */
function pointTimes(vault: LiveResource, source: string | undefined): { at: number; seenAt: number }[] {
  const points = factOf(vault, 'points');
  return (Array.isArray(points) ? (points as readonly unknown[]) : []).flatMap((point) => {
    const of = asText(dig(point, 'resource')) ?? '';
    if (asText(dig(point, 'status')) !== 'COMPLETED') return [];
    if (source !== undefined && of !== source && of.split(/[:/]/u).at(-1) !== source) return [];
    return timeOf(dig(point, 'createdAt'), vault) ?? [];
  });
}
