/** Which hosts the runbook's own steps may reach: the API of the cloud that the environment names, and nothing else. */
import type { NamedServer } from '../../core/recovery/engine.ts';
import type { GateTarget, GateVerdict } from '../../core/ports.ts';

export interface CloudHosts {
  /** Where the environment names one, it alone. */
  readonly endpoint?: string;
  readonly regions: readonly string[];
  /** Servers that documents name: never these. */
  readonly named: readonly NamedServer[];
}

const HTTPS = 443;
/** Services that answer at one place for all regions, by what follows their name. */
const GLOBAL = /^(?:sts|iam|s3|route53|cloudfront)\.(?:us-gov\.)?amazonaws\.com$/u;
/** Names of buckets stand before S3's own: dots, digits, lower case. */
const BUCKET = '(?:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\\.)?';
/** Ports of databases, whatever a document calls an endpoint. */
const DATABASES = new Set([1433, 1521, 3306, 5432, 5433, 6379, 6380, 9042, 11211, 27017, 27018, 27019]);

/** What is decided of one request. */
export function verdictOf(hosts: CloudHosts, target: GateTarget): GateVerdict {
  const { host, port, tunnel } = target;
  const place = `${host}:${port}`;
  const no = (why: string): GateVerdict => ({ allowed: false, why });
  if (hosts.named.some((each) => each.host.toLowerCase() === host && (each.port ?? port) === port))
    return no(`${place} is a server that the documents name: steps of a dry run never reach one`);
  if (DATABASES.has(port))
    return no(`${place} is a port of databases: steps of a dry run reach the API of the cloud alone`);
  if (hosts.endpoint !== undefined) {
    const own = new URL(hosts.endpoint);
    const isEncrypted = own.protocol === 'https:';
    const isOwn =
      host === own.hostname.replace(/^\[|\]$/gu, '').toLowerCase() &&
      port === (own.port === '' ? (isEncrypted ? HTTPS : 80) : Number(own.port));
    return isOwn && tunnel === isEncrypted
      ? { allowed: true, awayOnly: false }
      : no(`${place} is not the environment's endpoint ${own.origin}, which is all that steps of a dry run reach`);
  }
  // Interface endpoints with private DNS answer for the API from an address of one's own network.
  const notAt = hosts.named.filter((each) => (each.port ?? port) === port).map((each) => each.host.toLowerCase());
  if (tunnel && port === HTTPS && isApiOf(hosts.regions, host)) return { allowed: true, awayOnly: true, notAt };
  const regions = hosts.regions.join(', ');
  return no(`${place} is not the API of AWS in ${regions}, over https, which is all that steps of a dry run reach`);
}

/**
 * One label before the region is a service of AWS; more are machines, gateways and balancers of anybody, but for buckets and
 * the few that services put there themselves.
 */
function isApiOf(regions: readonly string[], host: string): boolean {
  if (new RegExp(`^${BUCKET}s3\\.amazonaws\\.com$`, 'u').test(host) || GLOBAL.test(host)) return true;
  return regions.some((region) => {
    if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/u.test(region)) return false;
    const suffix = `${region}\\.amazonaws\\.com${region.startsWith('cn-') ? '\\.cn' : ''}`;
    const api = new RegExp(`^(?:api\\.|\\d{12}\\.)?[a-z0-9-]+\\.(?:dualstack\\.)?${suffix}$`, 'u');
    const bucket = new RegExp(`^${BUCKET}s3(?:-fips)?\\.(?:dualstack\\.)?${suffix}$`, 'u');
    return api.test(host) || bucket.test(host);
  });
}
