/** Every database server that a document or an environment names: none of them may be a sandbox. */
import { asMap, asText, dig } from '../../references/read.ts';
import type { Entry, Workspace } from '../../workspace.ts';
import type { NamedServer } from '../engine.ts';
import { given, secret } from './values.ts';

/** Every database server that a document or an environment names, with what is needed to ask who it is. */
export function namedServers(entry: Entry, workspace: Workspace, own: Entry | undefined): readonly NamedServer[] {
  const found: NamedServer[] = [];
  const environments = workspace.byKind('Environment');
  const sorted = own ? [own, ...environments.filter((each) => each !== own)] : environments;
  for (const environment of sorted) {
    for (const [name, value] of Object.entries(asMap(dig(environment.document.value, 'databases')))) {
      const server = asMap(value);
      const port = asText(server['port']);
      const host = asText(server['host']) ?? hostOfUrl(asText(server['url']));
      if (host === undefined) continue;
      found.push({
        name: `${environment.name ?? environment.file}: databases.${name}`,
        engine: asText(server['engine']) ?? 'postgres',
        host,
        ...given('port', port === undefined ? undefined : Number(port)),
        ...given('user', asText(server['user'])),
        ...given('database', asText(server['database'])),
        ...given('password', server['password'] === undefined ? undefined : secret(server['password'])),
        ...given('tls', asText(server['tls'])),
      });
    }
  }
  for (const each of [entry, ...workspace.byKind('Runbook').filter((other) => other !== entry)]) {
    for (const text of texts(each.document.value)) {
      for (const url of text.matchAll(
        /\b(postgres(?:ql)?|mysql|mariadb):\/\/(?:[^\s/@'"]*@)?(\[[^\]]+\]|[^\s/:'"?]+)(?::(\d+))?/giu,
      )) {
        const host = url[2]?.replace(/^\[|\]$/gu, '');
        if (host === undefined || host.includes('$')) continue;
        const engine = /^postgres/iu.test(url[1] ?? '') ? 'postgres' : 'mysql';
        found.push({
          name: `a URL in ${each.file}`,
          engine,
          host,
          ...given('port', url[3] === undefined ? undefined : Number(url[3])),
        });
      }
      for (const endpoint of text.matchAll(/\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.rds\.amazonaws\.com(?:\.cn)?\b/giu)) {
        found.push({ name: `an endpoint in ${each.file}`, engine: 'postgres', host: endpoint[0] });
      }
    }
  }
  return found;
}

function texts(value: unknown, depth = 0): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 12) return [];
  return Object.values(value).flatMap((each) => texts(each, depth + 1));
}

function hostOfUrl(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^[a-z+]+:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?]+)/iu.exec(url)?.[1];
}
