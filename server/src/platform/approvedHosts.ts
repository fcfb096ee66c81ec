/** The hosts that the person lets a secret be sent to: loopback, those of their own configuration, and `--allow-host`. */
import { isIPv4 } from 'node:net';
import * as path from 'node:path';
import type { ApprovedHosts, Files } from '../core/ports.ts';

/** The person's own file, never one of the workspace: `{ "allowedHosts": ["db.internal", "*.example.com"] }`. */
export async function readApprovedHosts(files: Files, configFolder: string): Promise<readonly string[]> {
  try {
    const value: unknown = JSON.parse(await files.readText(path.join(configFolder, 'config.json')));
    if (typeof value !== 'object' || value === null || !('allowedHosts' in value)) return [];
    const hosts: unknown = value.allowedHosts;
    return Array.isArray(hosts) ? hosts.filter((host): host is string => typeof host === 'string') : [];
  } catch {
    return [];
  }
}

export function createApprovedHosts(hosts: readonly string[]): ApprovedHosts {
  const approved = hosts.map((host) => bare(host));
  return {
    isApproved: (host) => {
      const asked = bare(host);
      // What is no plain name may be read as another host by whoever connects: `evil.example/.localhost`, `x@y`.
      if (!WELL_FORMED.test(asked)) return false;
      return (
        isLoopback(asked) ||
        approved.some((each) => each === asked || (each.startsWith('*.') && asked.endsWith(each.slice(1))))
      );
    },
    list: () => approved,
  };
}

/** A name, an address, or the absolute path of a socket: nothing that a URL would take apart. */
const WELL_FORMED = /^(?:[a-z0-9._-]+|[0-9a-f:.]+(?:%[a-z0-9]+)?|\/[^@?#,\n]*)$/;

/** Loopback by address or by the reserved name (RFC 6761), or a Unix socket's folder. */
export function isLoopback(host: string): boolean {
  const name = bare(host);
  if (name.startsWith('/')) return true;
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name === '0:0:0:0:0:0:0:1') return true;
  return isIPv4(name) && name.startsWith('127.');
}

/** Lower case, without brackets, port and the root's dot. */
function bare(host: string): string {
  const lower = host.trim().toLowerCase();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(lower);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  const withPort = /^([^:]+):\d+$/.exec(lower);
  return (withPort?.[1] ?? lower).replace(/\.$/, '');
}
