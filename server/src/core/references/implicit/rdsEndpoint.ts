/** Instances and clusters of RDS by the host names that they answer to. */
import { nameEndsAt, nameStartsAt, type Recognised, type Recogniser } from './recogniser.ts';

const HOST =
  /([a-z][a-z0-9-]{0,62})\.(?:(cluster|cluster-ro)-)?([a-z0-9]{8,16})\.([a-z]{2}(?:-[a-z]+)+-\d)\.rds\.amazonaws\.com(?:\.cn)?/g;

/** The instance or cluster behind a host name; undefined for proxies, custom endpoints and other hosts. */
export function rdsOfHost(
  host: string,
): { readonly kind: string; readonly id: string; readonly region: string } | undefined {
  const found = new RegExp(`^${HOST.source}$`).exec(host.toLowerCase());
  if (!found) return undefined;
  return { kind: found[2] ? 'aws/rds-cluster' : 'aws/rds-instance', id: found[1] ?? '', region: found[4] ?? '' };
}

export const rdsEndpoint: Recogniser = {
  name: 'rds-endpoint',
  mayMatch: (text) => text.includes('.rds.amazonaws.com'),
  recognise(text) {
    return [...text.matchAll(HOST)].flatMap((at): Recognised[] => {
      const [whole, id = ''] = at;
      const end = at.index + whole.length;
      const rds = rdsOfHost(whole);
      if (!rds || !nameStartsAt(text, at.index) || !nameEndsAt(text, end)) return [];
      return [{ start: at.index, end, idStart: at.index, idEnd: at.index + id.length, text: whole, ...rds }];
    });
  },
};
