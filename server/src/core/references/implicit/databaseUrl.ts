/** Databases by URL: postgres, mysql, mariadb, mongodb and redis. A password in one never leaves this file. */
import { rdsOfHost } from './rdsEndpoint.ts';
import { nameEndsAt, wordEnd, type Recognised, type Recogniser } from './recogniser.ts';

const URL_START = /(?:jdbc:)?(postgres(?:ql)?|mysql|mariadb|mongodb|rediss?)(?:\+[a-z0-9]+)?:\/\//g;
const USER = /[^\s"'`/<>|;()\\]*@/y;
const HOST = /(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(\d{1,5}))?/y;
const DATABASE = /\/([A-Za-z0-9_-]+)(?=$|[\s"'`?;&|)<>,.])/y;

const KINDS: Readonly<Record<string, string>> = {
  postgres: 'database/postgres',
  postgresql: 'database/postgres',
  mysql: 'database/mysql',
  mariadb: 'database/mariadb',
  mongodb: 'database/mongodb',
  redis: 'database/redis',
  rediss: 'database/redis',
};

export const databaseUrl: Recogniser = {
  name: 'database-url',
  mayMatch: (text) => text.includes('://'),
  recognise(text) {
    return [...text.matchAll(URL_START)].flatMap((at): Recognised[] => {
      const scheme = at[1] ?? '';
      if (/[A-Za-z0-9_$]/.test(text.charAt(at.index - 1))) return [];
      const behindScheme = at.index + at[0].length;
      USER.lastIndex = behindScheme;
      const hostAt = USER.exec(text) ? USER.lastIndex : behindScheme;
      HOST.lastIndex = hostAt;
      const host = HOST.exec(text);
      if (!host) return [];
      const [whole, name = '', port] = host;
      const hostEnd = hostAt + whole.length;
      // `user:pa…` with a password that breaks the URL, or a variable that goes on: not a host that can be told.
      if (text.charAt(hostEnd) === ':' || !nameEndsAt(text, hostEnd)) return [];
      DATABASE.lastIndex = hostEnd;
      const database = DATABASE.exec(text)?.[1];
      const idEnd = hostAt + name.length;
      const endpoint = {
        host: name.toLowerCase(),
        ...(port === undefined ? {} : { port: Number(port) }),
        ...(database === undefined ? {} : { database }),
      };
      const shown = `${scheme}://${name}${port === undefined ? '' : `:${port}`}${database === undefined ? '' : `/${database}`}`;
      const rds = rdsOfHost(name);
      const what = rds ?? {
        kind: KINDS[scheme] ?? 'database/postgres',
        id: port === undefined ? endpoint.host : `${endpoint.host}:${port}`,
      };
      return [{ start: at.index, end: wordEnd(text, hostEnd), idStart: hostAt, idEnd, text: shown, endpoint, ...what }];
    });
  },
};
