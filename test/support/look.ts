/** A workspace from texts and a look-up with plain parts, for tests of drift against real servers. */
import { detectDrift, type DriftResult } from '../../server/src/app/detectDrift.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import { environmentsOf } from '../../server/src/core/drift/environments.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import type { ApprovedHosts, Cache, Clock, Log, Lookup, Secrets } from '../../server/src/core/ports.ts';
import type { Workspace } from '../../server/src/core/workspace.ts';
import { buildWorkspace } from '../../server/src/core/workspaceIndex.ts';
import { createLookup, type LiveLookup, type LookupOptions } from '../../server/src/live/lookup.ts';
import { isLoopback } from '../../server/src/platform/approvedHosts.ts';
import { createFiles } from '../../server/src/platform/files.ts';

/** Access keys that moto takes for `test` accounts. */
export const TEST_KEYS: Readonly<Record<string, string>> = {
  AK: 'AKIAIOSFODNN7EXAMPLE',
  SK: 'secret-of-the-test',
  PW: 'pw-of-the-test',
};

export function workspaceOf(texts: Readonly<Record<string, string>>): Workspace {
  return buildWorkspace(Object.entries(texts).map(([file, text]) => ({ file, parsed: parse(text) })));
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export function secretsFrom(values: Readonly<Record<string, string>> = TEST_KEYS): Secrets {
  return {
    read: ({ env }) => Promise.resolve(env === undefined ? undefined : values[env]),
    redact: (text) => Object.values(values).reduce((sofar, value) => sofar.replaceAll(value, '***'), text),
  };
}

export function hosts(...approved: readonly string[]): ApprovedHosts {
  return { isApproved: (host) => isLoopback(host) || approved.includes(host), list: () => approved };
}

export interface LookParts {
  readonly secrets?: Secrets;
  readonly clock?: Clock;
  readonly cache?: Cache;
  readonly allowed?: ApprovedHosts;
  readonly trusted?: boolean;
  readonly root?: string;
  readonly options?: LookupOptions;
  readonly logged?: string[];
}

export function lookupFor(workspace: Workspace, parts: LookParts = {}): LiveLookup {
  const log: Log = { write: (level, message) => void parts.logged?.push(`${level}: ${message}`) };
  return createLookup({
    environments: () => environmentsOf(workspace),
    secrets: parts.secrets ?? secretsFrom(),
    clock: parts.clock ?? systemClock,
    cache: parts.cache,
    log,
    allowedHosts: parts.allowed ?? hosts(),
    trusted: () => parts.trusted ?? true,
    files: createFiles(),
    root: parts.root,
    options: { confirmAfterMs: 1, ...parts.options },
  });
}

export interface DriftParts extends LookParts {
  readonly lookup?: Lookup;
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  readonly maxAgeMs?: number;
  readonly now?: number;
}

/** Drift of every runbook of these texts. */
export async function driftOf(texts: Readonly<Record<string, string>>, parts: DriftParts = {}): Promise<DriftResult> {
  const workspace = workspaceOf(texts);
  return await detectDrift(workspace, workspace.entries, {
    lookup: parts.lookup ?? lookupFor(workspace, parts),
    now: parts.now ?? Date.now(),
    signal: parts.signal ?? new AbortController().signal,
    deadlineMs: parts.deadlineMs,
    maxAgeMs: parts.maxAgeMs,
  });
}

/** `code path` of each finding, sorted: what a test compares. */
export function said(findings: readonly Finding[]): readonly string[] {
  return findings.map((finding) => `${finding.code} ${finding.path.join('.')}`).sort();
}
