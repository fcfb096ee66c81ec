/** The pages of drift and unchecked findings: what they show as seen live gives the finding, and is mended as they say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { detectDrift } from '../../server/src/app/detectDrift.ts';
import type { Fact, LookupRequest, Observation, Unknown } from '../../server/src/core/drift/observation.ts';
import type { Lookup } from '../../server/src/core/ports.ts';
import { CATALOGUE, helpPage } from '../../server/src/core/rules/catalogue.ts';
import { workspaceOf } from '../support/look.ts';

const ROOT = new URL('../../', import.meta.url);
const NOW = Date.parse('2026-11-22T12:00:00Z');
const ROWS = CATALOGUE.filter((row) => /^(?:drift|unchecked)\//.test(row.code));
const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
aws: { accounts: { prod: { id: "123456789012" }, backup: { id: "210987654321" } }, regions: [eu-west-1, eu-central-1] }
`;

type Seen =
  | 'absent'
  | { readonly unknown: Unknown }
  | {
      readonly facts: Readonly<Record<string, unknown>>;
      readonly state?: Readonly<Record<string, unknown>>;
      readonly region?: string;
      readonly account?: string;
    };

function observationOf(request: LookupRequest, seen: Seen | undefined): Observation {
  const at = new Date(NOW).toISOString();
  assert.ok(seen, `the page shows nothing of ${request.id}`);
  if (seen === 'absent') return { state: 'absent', at, source: 'live' };
  if ('unknown' in seen) return { state: 'unknown', unknown: seen.unknown, at, source: 'live' };
  const facts = (values: Readonly<Record<string, unknown>>): Record<string, Fact> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
  return {
    state: 'found',
    facts: facts(seen.facts),
    at,
    source: 'live',
    ...(seen.region === undefined ? {} : { region: seen.region }),
    ...(seen.account === undefined ? {} : { account: seen.account }),
    ...(seen.state ? { others: [{ state: 'found', facts: facts(seen.state), at, source: 'terraform' }] } : {}),
  };
}

async function codesOf(text: string, heading: string): Promise<readonly string[]> {
  const section = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## )`, 'mu').exec(text)?.[1] ?? '';
  const runbook = /^```yaml\n([\s\S]*?)^```/mu.exec(section)?.[1];
  const json = /^```json\n([\s\S]*?)^```/mu.exec(section)?.[1];
  assert.ok(runbook !== undefined && json !== undefined, `no example under ${heading}`);
  const seen = JSON.parse(json) as Readonly<Record<string, Seen>>;
  const lookup: Lookup = {
    plan: () => [],
    look: async (requests) =>
      await Promise.resolve({
        observations: requests.map((request) => observationOf(request, seen[request.id])),
        calls: {},
      }),
  };
  const workspace = workspaceOf({ 'e.environment.yaml': ENVIRONMENT, 'r.runbook.yaml': runbook });
  const result = await detectDrift(workspace, workspace.entries, {
    lookup,
    now: NOW,
    signal: new AbortController().signal,
  });
  return result.findings.map((finding) => finding.code);
}

describe('pages of drift and unchecked findings', () => {
  for (const row of ROWS) {
    it(`${row.code} behaves as its page says`, async () => {
      const text = readFileSync(new URL(helpPage(row.code), ROOT), 'utf8');
      const name = row.severity.charAt(0).toUpperCase() + row.severity.slice(1);
      assert.ok(text.startsWith(`# ${row.code}\n\n**${name}** by default. ${row.title}\n`), text.slice(0, 200));
      const failing = await codesOf(text, 'Failing');
      assert.ok(failing.includes(row.code), failing.join(' ') || 'nothing was found');
      assert.ok(!(await codesOf(text, 'Mended')).includes(row.code), 'it is still there when mended');
    });
  }
});
