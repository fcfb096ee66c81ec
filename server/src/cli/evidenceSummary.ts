/** The evidence of a workspace as rules read it. */
import * as path from 'node:path';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import type { CommandContext } from './command.ts';
import { compilesToo } from './compiled.ts';
import { readStamp } from './evidenceMirrorStamp.ts';
import { spokenDuration } from './style.ts';

const NONE: EvidenceSummary = { entries: [], problems: [] };

/** Where evidence is kept in a workspace. */
export function evidenceFolder(root: string): string {
  return path.join(root, '.drillbook', 'evidence');
}

/** A summary of the journal under `root`, its chains verified; a workspace without one costs a single look. */
export async function readEvidence(context: CommandContext, root: string): Promise<EvidenceSummary> {
  const { files } = context.dependencies;
  if ((await files.info(evidenceFolder(root))) === undefined) return NONE;
  const stamp = await readStamp(context, root);
  if (stamp)
    context.terminal.note(
      `The evidence of ${stamp.where} was read ${spokenDuration(Math.max(0, context.dependencies.clock.now() - stamp.at))} ago; "drillbook evidence verify" reads it anew.`,
    );
  compilesToo('evidence');
  const { readSummary } = await import('../evidence/summary.ts');
  return await readSummary(files, evidenceFolder(root), { verify: true });
}
