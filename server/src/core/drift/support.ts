/**
 * End of standard support on RDS by engine and major, for when the service need not or can't be asked.
 * Source: the RDS and Aurora user guides' release calendars; DescribeDBMajorEngineVersions is asked before anything is said.
 */
import { majorOf } from './version.ts';

const ENDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  postgres: {
    '11': '2024-02-29',
    '12': '2025-02-28',
    '13': '2026-02-28',
    '14': '2027-02-28',
    '15': '2028-02-29',
    '16': '2029-02-28',
    '17': '2030-02-28',
  },
  'aurora-postgresql': {
    '11': '2024-02-29',
    '12': '2025-02-28',
    '13': '2026-02-28',
    '14': '2027-02-28',
    '15': '2028-02-29',
    '16': '2029-02-28',
    '17': '2030-02-28',
  },
  mysql: { '5.7': '2024-02-29', '8.0': '2026-07-31', '8.4': '2029-07-31' },
  'aurora-mysql': { '5.7': '2024-10-31', '8.0': '2028-04-30' },
  mariadb: {
    '10.4': '2024-02-29',
    '10.5': '2025-07-31',
    '10.6': '2026-08-31',
    '10.11': '2028-02-29',
    '11.4': '2029-05-31',
  },
};

/** How long before its end a version is called near it. */
export const NEAR_END_MS = 180 * 86_400_000;

/** The date as known here (`YYYY-MM-DD`), or undefined for an engine or major that isn't in the table. */
export function knownSupportEnd(engine: string, version: string): string | undefined {
  const major = majorOf(version, engine === 'aurora-mysql' ? 'mysql' : engine);
  return major === undefined ? undefined : ENDS[engine.toLowerCase()]?.[major];
}

/** Need the service be asked: is the end past, near, or not in the table? */
export function supportNeedsAsking(engine: string, version: string, now: number): boolean {
  const known = knownSupportEnd(engine, version);
  return known !== undefined && Date.parse(known) - now < NEAR_END_MS;
}
