/** What RDS upgrades a version to: one call for all engines and versions of a region, where a runbook names another version. */
import { UPGRADES_FACT } from '../../../core/drift/upgrades.ts';
import type { Fact, LookupRequest } from '../../../core/drift/observation.ts';
import { chunks, type Answer } from '../../reader.ts';
import { unknownOf, whole, type PlannedOperation, type Target } from '../awsReader.ts';
import { allPages } from './rds-shapes.ts';

const OPERATION = 'rds:DescribeDBEngineVersions';

interface Upgrade {
  readonly engine: string;
  readonly version: string;
}

const namesOf = (request: LookupRequest): readonly string[] =>
  request.facts.filter((name) => name === UPGRADES_FACT || name.startsWith(`${UPGRADES_FACT}:`));

/** One call, however many ask. */
export function upgradeCalls(requests: readonly LookupRequest[]): readonly PlannedOperation[] {
  const asking = requests.filter((request) => namesOf(request).length > 0);
  return asking.length === 0 ? [] : [{ operation: OPERATION, count: 1, serves: asking.map(({ id }) => id) }];
}

const textIn = (fact: Fact | undefined): string =>
  fact && 'value' in fact && typeof fact.value === 'string' && fact.value !== 'none' ? fact.value : '';

const keyOf = (engine: string, version: string): string => `${engine} ${version}`.toLowerCase();

/** The answers with what their requests ask of upgrades. */
export async function withUpgrades(
  requests: readonly LookupRequest[],
  answers: readonly Answer[],
  target: Target,
): Promise<readonly Answer[]> {
  const wanted = answers.map((answer, index) => {
    const request = requests[index];
    if (answer.state !== 'found' || !request) return [];
    const engine = textIn(answer.facts['engine']);
    return namesOf(request).flatMap((name) => {
      const version = name === UPGRADES_FACT ? textIn(answer.facts['version']) : name.slice(UPGRADES_FACT.length + 1);
      return engine === '' || version === '' ? [] : [{ name, engine, version }];
    });
  });
  const all = wanted.flat();
  if (all.length === 0) return answers;
  const told = await ask(all, target);
  return answers.map((answer, index) => {
    const own = wanted[index] ?? [];
    if (answer.state !== 'found' || own.length === 0) return answer;
    const more = own.map(({ name, engine, version }) => [name, told(engine, version)] as const);
    return { ...answer, facts: { ...answer.facts, ...Object.fromEntries(more) } };
  });
}

async function ask(all: readonly Upgrade[], target: Target): Promise<(engine: string, version: string) => Fact> {
  const found = new Map<string, readonly Upgrade[]>();
  try {
    const engines = [...new Set(all.map(({ engine }) => engine))];
    for (const versions of chunks([...new Set(all.map(({ version }) => version))], 100)) {
      const Filters = [
        { Name: 'engine', Values: engines },
        { Name: 'engine-version', Values: [...versions] },
      ];
      // A version that RDS no longer offers may still run, and has its way out.
      const pages = await allPages(
        async (more) => await target.call(OPERATION, { Filters, IncludeAll: true, ...more }),
      );
      for (const each of pages.flatMap((page) => whole(page.DBEngineVersions, OPERATION)))
        found.set(
          keyOf(each.Engine ?? '', each.EngineVersion ?? ''),
          (each.ValidUpgradeTarget ?? []).flatMap(({ Engine: engine, EngineVersion: version }) =>
            version === undefined ? [] : [{ engine: engine ?? '', version }],
          ),
        );
    }
  } catch (error) {
    const unknown = unknownOf(error);
    return () => ({ unknown });
  }
  return (engine, version) => {
    const value = found.get(keyOf(engine, version));
    return value
      ? { value }
      : { unknown: { reason: 'undecided', detail: `RDS lists no ${engine} ${version} that could be upgraded` } };
  };
}
