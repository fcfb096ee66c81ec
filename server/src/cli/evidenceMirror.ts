/** The locked bucket of the policies, from the command line: written to after every record, asked when the journal is verified. */
import { join } from 'node:path';
import { accessOf } from '../core/recovery/dryRunPlan/access.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { environmentOf } from '../core/references/environment.ts';
import { policyOf } from '../core/references/policy.ts';
import { asMap, asText, dig, type PlainMap } from '../core/references/read.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import type { EvidenceBucket } from '../dryrun/stores/evidenceBucket.ts';
import { EVIDENCE_FOLDER } from '../evidence/journal.ts';
import type { EvidencePlace } from '../evidence/mirror.ts';
import type { Anchor } from '../evidence/verify.ts';
import type { CommandContext } from './command.ts';
import { readStamp, writeStamp } from './evidenceMirrorStamp.ts';
import { evidenceFolder } from './evidenceSummary.ts';
import { counted } from './style.ts';

const DEADLINE_MS = 60_000;

/** What `evidence.in` of a policy means, seen from a document that it applies to; undefined where it names no bucket. */
function bucketIn(policy: PlainMap | undefined, entry: Entry, workspace: Workspace): EvidenceBucket | undefined {
  const place = asMap(dig(policy, 'evidence', 'in'));
  const bucket = asText(place['bucket']);
  if (bucket === undefined) return undefined;
  const named = asText(place['environment']);
  const found = named === undefined ? undefined : workspace.resolve('Environment', named, entry.file);
  const environment = found?.state === 'found' ? found.entry : environmentOf(entry, workspace);
  const region = asText(place['region']);
  return {
    bucket,
    prefix: asText(place['prefix']) ?? '',
    ...(region === undefined ? {} : { region }),
    access: accessOf(environment, asText(place['account']), region),
  };
}

/** Copies the record's chain into the bucket of the runbook's policy. What goes wrong is said, and loses nothing. */
export async function mirrorRecord(
  context: CommandContext,
  root: string,
  workspace: Workspace,
  entry: Entry,
  record: EvidenceRecord,
): Promise<void> {
  if (!context.dependencies.trusted || record.chain === undefined) return;
  const place = bucketIn(policyOf(entry, workspace)?.value, entry, workspace);
  if (!place) return;
  try {
    const { mirrorChain } = await import('../evidence/mirror.ts');
    const opened = await open(context, place);
    try {
      await mirrorChain(context.dependencies.files, evidenceFolder(root), record.chain.writer, opened);
      await copyOthers(context, root, opened);
    } finally {
      opened.close();
    }
  } catch (error) {
    context.terminal.note(
      `The evidence could not be copied to s3://${place.bucket}/${place.prefix}: ${messageOf(error)}. It is kept in the workspace, and the next run copies it.`,
    );
  }
}

/** What the buckets of the policies remember, once what others wrote is copied here, and where one could not be asked. */
export async function bucketHeads(
  context: CommandContext,
  root: string,
  workspace: Workspace,
): Promise<{ readonly anchors: readonly Anchor[]; readonly notes: readonly string[] }> {
  const anchors: Anchor[] = [];
  const notes: string[] = [];
  const asked = new Set<string>();
  for (const entry of [...workspace.byKind('Policy'), ...workspace.byKind('Runbook')]) {
    const value = entry.kind === 'Policy' ? asMap(entry.document.value) : policyOf(entry, workspace)?.value;
    const place = bucketIn(value, entry, workspace);
    const where = place && `s3://${place.bucket}/${place.prefix}`;
    if (!place || where === undefined || asked.has(where)) continue;
    asked.add(where);
    if (!context.dependencies.trusted) {
      notes.push(`${where} was not asked: the workspace is not trusted.`);
      continue;
    }
    try {
      const { placeAnchors } = await import('../evidence/mirror.ts');
      const opened = await open(context, place);
      try {
        notes.push(...(await copyOthers(context, root, opened)));
        anchors.push(...(await placeAnchors(opened)));
      } finally {
        opened.close();
      }
    } catch (error) {
      notes.push(`${where} could not be asked what it remembers: ${messageOf(error)}.`);
    }
  }
  return { anchors, notes };
}

/**
 * Brings here what other machines have written. A chain that was here before, or that a commit holds, is not brought back:
 * that it is gone is for `verify` to tell.
 */
async function copyOthers(context: CommandContext, root: string, place: EvidencePlace): Promise<readonly string[]> {
  const { dependencies } = context;
  const { clock, files, git } = dependencies;
  const folder = evidenceFolder(root);
  const [{ copyChains }, { ownWriter }] = await Promise.all([
    import('../evidence/mirror.ts'),
    import('../evidence/keeper.ts'),
  ]);
  const before = await readStamp(context, root);
  const mirrored = new Set(before?.where === place.where ? before.writers : []);
  const branch = await git.branch(root);
  const own = await ownWriter(dependencies, { root, ...(branch === undefined ? {} : { branch }) });
  const commit = await git.headCommit(root);
  const committed = (commit === undefined ? undefined : await git.filesAt(root, commit, EVIDENCE_FOLDER)) ?? [];
  const known = new Set([own, ...[...(await files.list(folder).catch(() => [])), ...committed].map(writerOf)]);
  const isGone = async (writer: string): Promise<boolean> =>
    mirrored.has(writer) && (await files.info(join(folder, `${writer}.jsonl`))) === undefined;
  const gone = new Set<string>();
  for (const writer of mirrored) if (await isGone(writer)) gone.add(writer);
  const copied = await copyChains(dependencies, folder, place, (writer) =>
    mirrored.has(writer) ? !gone.has(writer) : !known.has(writer),
  );
  const writers = [...new Set([...mirrored, ...copied.map((each) => each.writer)])];
  await writeStamp(context, root, { where: place.where, at: clock.now(), writers });
  return copied.map(
    ({ writer, records }) =>
      `${counted(records, 'record')} of ${writer} ${records === 1 ? 'was' : 'were'} copied here from ${place.where}.`,
  );
}

function writerOf(file: string): string {
  return (file.split('/').at(-1) ?? file).replace(/\.jsonl$/u, '');
}

async function open(context: CommandContext, place: EvidenceBucket) {
  const { openEvidenceBucket } = await import('../dryrun/stores/evidenceBucket.ts');
  // A cancelled run still leaves its record behind: only time ends the copying.
  const { approvedHosts } = context.dependencies;
  const ports = {
    ...context.dependencies,
    hosts: await approvedHosts(context.values.list('allow-host')),
    mayFetchPackages: false,
  };
  return await openEvidenceBucket(ports, place, AbortSignal.timeout(DEADLINE_MS));
}

function messageOf(error: unknown): string {
  const text = error instanceof Error && error.message !== '' ? error.message : String(error);
  return (text.split('\n')[0] ?? text).replace(/\.$/u, '');
}
