/** The database engines that can be asked; one row an engine. */
import type { DatabaseEngine } from './engine.ts';
import { postgresEngine } from './postgres.ts';

export const DATABASE_ENGINES: readonly DatabaseEngine[] = [postgresEngine];

export function databaseEngine(kind: string): DatabaseEngine | undefined {
  return DATABASE_ENGINES.find((engine) => engine.kind === kind);
}
