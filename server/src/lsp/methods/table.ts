/** Every request that the server answers. */
import type { Method } from '../feature.ts';
import { codeLens } from './codeLens.ts';
import { executeCommand } from './executeCommand.ts';
import { documentDiagnostics, workspaceDiagnostics } from './pullDiagnostics.ts';

export const METHODS: readonly Method[] = [codeLens, documentDiagnostics, workspaceDiagnostics, executeCommand];
