/** A whole runbook against recorded observations: every finding stands on the line that wants it, and no other does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { detectDrift } from '../../../server/src/app/detectDrift.ts';
import type { Fact, LookupRequest, Observation, Unknown } from '../../../server/src/core/drift/observation.ts';
import type { Lookup } from '../../../server/src/core/ports.ts';
import { workspaceOf } from '../../support/look.ts';
import { assertWants, fixtures } from '../../support/wants.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
aws:
  accounts: { prod: { id: "123456789012" }, backup: { id: "210987654321" } }
  regions: [eu-west-1, eu-central-1]
databases: { orders: { engine: postgres, host: db.internal } }
`;

interface SeenFound {
  readonly state?: undefined;
  readonly region?: string;
  readonly account?: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly unknown?: Readonly<Record<string, Unknown>>;
}
type Seen = 'absent' | ({ readonly state: 'unknown' } & Unknown) | SeenFound;

function observationOf({ id }: LookupRequest, seen: Readonly<Record<string, Seen>>): Observation {
  const at = new Date(NOW).toISOString();
  const found = seen[id];
  assert.ok(found, `nothing is recorded of ${id}`);
  if (found === 'absent') return { state: 'absent', at, source: 'recorded' };
  if (found.state === 'unknown') return { state: 'unknown', unknown: found, at, source: 'recorded' };
  const facts: Record<string, Fact> = Object.fromEntries(
    Object.entries(found.facts).map(([name, value]) => [name, { value }]),
  );
  for (const [name, unknown] of Object.entries(found.unknown ?? {})) facts[name] = { unknown };
  return {
    state: 'found',
    facts,
    at,
    source: 'recorded',
    ...(found.region === undefined ? {} : { region: found.region }),
    ...(found.account === undefined ? {} : { account: found.account }),
  };
}

describe('drift fixtures', () => {
  for (const { name, path, text } of fixtures('drift')) {
    it(name, async () => {
      const seen = JSON.parse(readFileSync(path.replace(/\.runbook\.yaml$/, '.observations.json'), 'utf8')) as Readonly<
        Record<string, Seen>
      >;
      const lookup: Lookup = {
        plan: () => [],
        look: async (requests) =>
          await Promise.resolve({ observations: requests.map((request) => observationOf(request, seen)), calls: {} }),
      };
      const workspace = workspaceOf({ 'e.environment.yaml': ENVIRONMENT, [name]: text });
      const result = await detectDrift(workspace, workspace.entries, {
        lookup,
        now: NOW,
        signal: new AbortController().signal,
      });
      const parsed = workspace.files.get(name);
      assert.ok(parsed);
      assertWants(name, parsed, result.findings);
    });
  }
});
