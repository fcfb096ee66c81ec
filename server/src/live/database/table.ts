/** The database engines that can be asked; one row an engine. */
import type { DatabaseEngine } from './engine.ts';
import { mongodbEngine } from './mongodb.ts';
import { mariadbEngine, mysqlEngine } from './mysql.ts';
import { postgresEngine } from './postgres.ts';
import { redisEngine } from './redis.ts';

export const DATABASE_ENGINES: readonly DatabaseEngine[] = [
  postgresEngine,
  mysqlEngine,
  mariadbEngine,
  mongodbEngine,
  redisEngine,
];

export function databaseEngine(kind: string): DatabaseEngine | undefined {
  return DATABASE_ENGINES.find((engine) => engine.kind === kind);
}
