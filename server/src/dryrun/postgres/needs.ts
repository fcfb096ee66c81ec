/** What the statements of a dump need before they can run: roles, tablespaces, extensions; read from the statements themselves. */

export interface DumpNeeds {
  readonly roles: Set<string>;
  readonly tablespaces: Set<string>;
  readonly extensions: Set<string>;
  encoding?: string;
}

export function noNeeds(): DumpNeeds {
  return { roles: new Set(), tablespaces: new Set(), extensions: new Set() };
}

const NAME = String.raw`("(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;
const LIST = String.raw`(${NAME}(?:\s*,\s*${NAME})*)`;
const OWNER = new RegExp(String.raw`\bOWNER\s+TO\s+${NAME}`, 'giu');
const GRANT = new RegExp(String.raw`^(?:GRANT|REVOKE)\s[\s\S]*?\s(?:TO|FROM)\s+(?:GROUP\s+)?${LIST}`, 'iu');
const GRANTED_BY = new RegExp(String.raw`\bGRANTED\s+BY\s+${NAME}`, 'iu');
const DEFAULTS = new RegExp(String.raw`^ALTER\s+DEFAULT\s+PRIVILEGES\s+FOR\s+(?:ROLE|USER)\s+${LIST}`, 'iu');
const DEFAULTS_TO = new RegExp(String.raw`\s(?:GRANT|REVOKE)\s[\s\S]*?\s(?:TO|FROM)\s+${LIST}`, 'iu');
const AUTHORIZATION = new RegExp(String.raw`\bAUTHORIZATION\s+(?:'((?:[^']|'')+)'|${NAME})`, 'iu');
const POLICY = new RegExp(String.raw`^CREATE\s+POLICY\s[\s\S]*?\sTO\s+${LIST}`, 'iu');
const MAPPING = new RegExp(String.raw`^CREATE\s+USER\s+MAPPING\s+(?:IF\s+NOT\s+EXISTS\s+)?FOR\s+${NAME}`, 'iu');
const TABLESPACE = new RegExp(
  String.raw`(?:^SET\s+default_tablespace\s*=\s*|\bTABLESPACE\s+)(?:'((?:[^']|'')*)'|${NAME})`,
  'giu',
);
const EXTENSION = new RegExp(String.raw`^CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?${NAME}`, 'iu');
const ENCODING = /^SET\s+client_encoding\s*(?:=|TO)\s*'?([\w-]+)'?/iu;
/** Words that stand where a role may, and are none. */
const NO_ROLE = new Set([
  'public',
  'current_user',
  'session_user',
  'current_role',
  'default',
  'postgres',
  'pg_database_owner',
]);

/** Adds what `statement` (without leading comments) needs. Quoted text may be taken for more than it is: a role too many does no harm. */
export function addNeeds(needs: DumpNeeds, statement: string): void {
  const head = statement.slice(0, 60_000);
  for (const found of head.matchAll(OWNER)) role(needs, found[1]);
  const first = head.slice(0, 6).toUpperCase();
  if (first.startsWith('GRANT') || first === 'REVOKE') {
    roles(needs, GRANT.exec(head)?.[1]);
    role(needs, GRANTED_BY.exec(head)?.[1]);
  } else if (first.startsWith('ALTER')) {
    const defaults = DEFAULTS.exec(head);
    if (defaults) {
      roles(needs, defaults[1]);
      roles(needs, DEFAULTS_TO.exec(head)?.[1]);
    }
  } else if (first === 'CREATE') {
    roles(needs, POLICY.exec(head)?.[1]);
    role(needs, MAPPING.exec(head)?.[1]);
    const extension = EXTENSION.exec(head)?.[1];
    if (extension !== undefined) needs.extensions.add(plain(extension));
  } else if (first.startsWith('SET')) {
    const encoding = ENCODING.exec(head)?.[1];
    if (encoding !== undefined) needs.encoding = encoding;
  }
  const authorization = /AUTHORIZATION/iu.test(head.slice(0, 400)) ? AUTHORIZATION.exec(head) : null;
  if (authorization) role(needs, authorization[1] ?? authorization[2]);
  if (/TABLESPACE/iu.test(head)) {
    for (const found of head.matchAll(TABLESPACE)) {
      const name = found[1] ?? (found[2] === undefined ? '' : plain(found[2]));
      if (name !== '' && !/^pg_/u.test(name)) needs.tablespaces.add(name);
    }
  }
}

function roles(needs: DumpNeeds, list: string | undefined): void {
  if (list === undefined) return;
  for (const found of list.matchAll(new RegExp(NAME, 'gu'))) role(needs, found[1]);
}

function role(needs: DumpNeeds, name: string | undefined): void {
  if (name === undefined) return;
  const text = plain(name);
  if (!NO_ROLE.has(text) && !text.startsWith('pg_') && text !== '') needs.roles.add(text);
}

function plain(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
