/** Every request that the server answers. */
import type { Method } from '../feature.ts';
import { codeLens } from './codeLens.ts';
import { completion, completionResolve } from './completion.ts';
import { executeCommand } from './executeCommand.ts';
import { hover } from './hover.ts';
import { liveComparison, liveInventory, newRunbook } from './liveRequests.ts';
import { documentDiagnostics, workspaceDiagnostics } from './pullDiagnostics.ts';
import { readinessReport } from './readinessReport.ts';
import { workspaceState } from './workspaceState.ts';

export const METHODS: readonly Method[] = [
  completion,
  completionResolve,
  hover,
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
