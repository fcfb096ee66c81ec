/** Every request that the server answers. */
import type { Method } from '../feature.ts';
import { codeAction } from './codeAction.ts';
import { codeLens } from './codeLens.ts';
import { completion, completionResolve } from './completion.ts';
import { definition } from './definition.ts';
import { documentHighlight } from './documentHighlight.ts';
import { documentLink } from './documentLink.ts';
import { documentSymbol } from './documentSymbol.ts';
import { executeCommand } from './executeCommand.ts';
import { foldingRange } from './foldingRange.ts';
import { formatting, rangeFormatting, rangesFormatting } from './formatting.ts';
import { hover } from './hover.ts';
import { inlayHint } from './inlayHint.ts';
import { linkedEditingRange } from './linkedEditingRange.ts';
import { liveComparison, liveInventory, newRunbook } from './liveRequests.ts';
import { documentDiagnostics, workspaceDiagnostics } from './pullDiagnostics.ts';
import { readinessReport } from './readinessReport.ts';
import { references } from './references.ts';
import { prepareRename, rename } from './rename.ts';
import { selectionRange } from './selectionRange.ts';
import { semanticTokens, semanticTokensRange } from './semanticTokens.ts';
import { workspaceState } from './workspaceState.ts';
import { workspaceSymbol } from './workspaceSymbol.ts';

export const METHODS: readonly Method[] = [
  completion,
  completionResolve,
  hover,
  definition,
  references,
  documentHighlight,
  documentLink,
  prepareRename,
  rename,
  documentSymbol,
  workspaceSymbol,
  foldingRange,
  selectionRange,
  semanticTokens,
  semanticTokensRange,
  inlayHint,
  linkedEditingRange,
  formatting,
  rangeFormatting,
  rangesFormatting,
  codeAction,
  codeLens,
  documentDiagnostics,
  workspaceDiagnostics,
  executeCommand,
  workspaceState,
  readinessReport,
  liveComparison,
  liveInventory,
  newRunbook,
];
