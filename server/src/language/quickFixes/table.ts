/** Every code action, by provider, and the one function that a server calls. */
import type { LanguageContext } from '../context.ts';
import { acceptLive } from './acceptLive.ts';
import { isWanted, type ActionProvider, type ActionRequest, type ProposedAction } from './action.ts';
import { createDocument } from './createDocument.ts';
import { declare } from './declare.ts';
import { extractResource } from './extractResource.ts';
import { findingFixes } from './findingFixes.ts';
import { fixAll } from './fixAll.ts';
import { flowToBlock } from './flowToBlock.ts';
import { implicitToResource } from './implicitToResource.ts';
import { mendFinding } from './mendFinding.ts';
import { runDryRun } from './runDryRun.ts';
import { sortKeys } from './sortKeys.ts';
import { splitRole } from './splitRole.ts';
import { suppress } from './suppress.ts';

const ACTION_PROVIDERS: readonly ActionProvider[] = [
  findingFixes,
  mendFinding,
  acceptLive,
  declare,
  createDocument,
  splitRole,
  runDryRun,
  suppress,
  implicitToResource,
  extractResource,
  flowToBlock,
  sortKeys,
  fixAll,
];

/** The kinds of action there are, for the server's capabilities. */
export const ACTION_KINDS: readonly string[] = [...new Set(ACTION_PROVIDERS.map((provider) => provider.kind))];

/** The actions that can be offered for a selection, mends first. */
export function codeActions(context: LanguageContext, request: ActionRequest): readonly ProposedAction[] {
  return ACTION_PROVIDERS.filter((provider) => isWanted(provider.kind, request.only)).flatMap((provider) =>
    provider.propose(context, request),
  );
}
