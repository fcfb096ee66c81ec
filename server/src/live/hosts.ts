/** Hosts that a secret may be sent to: the person's say, never a file's. */
import type { Unknown } from '../core/drift/observation.ts';

/** The host of a URL; undefined where it is none. */
export function hostOfUrl(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined;
  }
}

export function notApproved(host: string): Unknown {
  return {
    reason: 'host-not-approved',
    detail: `nobody approved sending a secret to ${host}; approve it in the editor or with --allow-host ${host}`,
  };
}
