/** RDS backups that are to run another version than they hold: the service must know a way from the one to the other. */
import { field, listOf, shown, textOf } from '../../expected.ts';
import type { DriftResource } from '../../resource.ts';
import { upgradeFact, UPGRADES_FACT, type UpgradeUse } from '../../upgrades.ts';
import { compareVersions, judgeVersion, majorOf, parseVersion } from '../../version.ts';
import type { JudgeInput, Judgement, Verdict } from '../kind.ts';

const CODE = 'drift/incompatible-restore';

/** Engines that are one in RDS's upgrades: Aurora's and its plain sibling. */
const family = (engine: string): string =>
  /postgres/i.test(engine) ? 'postgres' : /mysql|^aurora$/i.test(engine) ? 'mysql' : engine.toLowerCase();

/** The versions that an answer of the service allows; undefined where it could not be had. */
function targetsOf(fact: unknown): readonly string[] | undefined {
  if (fact === undefined) return undefined;
  return listOf(fact).flatMap((each) => textOf(field(each, 'version')) ?? []);
}

/** `12.22, 13.18`: the newest of each major, which is what one would go through. */
function newestOfEach(targets: readonly string[], engine: string): string {
  const newest = new Map<string, string>();
  for (const target of targets) {
    const major = majorOf(target, engine) ?? target;
    const [before, here] = [parseVersion(newest.get(major) ?? ''), parseVersion(target)];
    if (!before || (here && compareVersions(here, before) > 0)) newest.set(major, target);
  }
  return [...newest.values()].join(', ');
}

/** Why what runs `from` can't be made `wanted`; undefined where it can, or where nothing can be said. */
function broken(
  from: string,
  engine: string,
  wanted: string,
  targets: readonly string[] | undefined,
): string | undefined {
  const judged = judgeVersion(wanted, from, engine);
  if (judged.state === 'holds' || judged.state === 'undecided') return undefined;
  if (judged.newer) return `RDS never goes back from ${from} to ${wanted}`;
  if (!targets || targets.some((target) => judgeVersion(wanted, target, engine).state === 'holds')) return undefined;
  return targets.length === 0
    ? `RDS has no upgrade from ${from} at all, and so none to ${wanted}`
    : `RDS has no upgrade from ${from} straight to ${wanted}, only to ${newestOfEach(targets, engine)}`;
}

/** Another minor is of interest only where a command names it to the letter. */
function matters(from: string, engine: string, { version, exact }: Pick<UpgradeUse, 'version' | 'exact'>): boolean {
  const { state } = judgeVersion(version, from, engine);
  return state === 'major' || (exact && state === 'minor');
}

/** That the service didn't tell the way, said on what needs it. */
function untold(
  input: JudgeInput,
  name: string,
  from: string,
  place: Pick<Verdict, 'path' | 'within'>,
  wanted: string,
): Verdict {
  const fact = input.observation.facts[name];
  const why = fact && 'unknown' in fact ? fact.unknown : undefined;
  const detail = why?.detail.replace(/\.$/, '') ?? `${input.observation.source} doesn't tell what RDS upgrades it to`;
  const ask = why?.permission === undefined || detail.includes(why.permission) ? '' : ` (ask for ${why.permission})`;
  return {
    code: `unchecked/${why?.reason ?? 'unsupported'}`,
    message: `${input.resource.id}: whether its ${from} can become ${wanted} was not checked: ${detail}${ask}.`,
    ...place,
    ...(why?.permission === undefined ? {} : { data: { permission: why.permission } }),
  };
}

const placeOf = ({ path, span }: UpgradeUse): Pick<Verdict, 'path' | 'within'> => ({
  path,
  ...(span ? { within: span } : {}),
});

const usesOf = (resource: DriftResource, uses: readonly UpgradeUse[]): readonly UpgradeUse[] =>
  resource.name === undefined ? [] : uses.filter(({ of }) => of === resource.name);

/** A backup of what runs live, and the version that a dry run or a step makes of it. */
export const upgradePath: Judgement = {
  facts: (resource, { upgrades }) => (usesOf(resource, upgrades).length > 0 ? ['engine', 'version'] : []),
  optional: (resource, { upgrades }) => usesOf(resource, upgrades).map(upgradeFact),
  judge(input) {
    const { resource, context, fact } = input;
    const engine = textOf(fact('engine')) ?? '';
    return usesOf(resource, context.upgrades).flatMap((use): readonly Verdict[] => {
      const from = use.from ?? textOf(fact('version')) ?? '';
      const into = (why: string): Verdict => ({
        code: CODE,
        message: `${resource.id} runs ${engine} ${shown(fact('version'))}: ${why}.`,
        ...placeOf(use),
        expected: use.version,
        actual: from,
      });
      if (use.engine !== undefined && family(use.engine) !== family(engine))
        return [into(`a backup that RDS makes of ${engine} can't be restored into ${use.engine}`)];
      if (!matters(from, engine, use)) return [];
      const targets = targetsOf(fact(upgradeFact(use)));
      const why = broken(from, engine, use.version, targets);
      if (why !== undefined) return [into(why)];
      return targets ? [] : [untold(input, upgradeFact(use), from, placeOf(use), use.version)];
    });
  },
};

/** What a runbook declares of a database, where it says which version it must run. */
const versioned = (resources: ReadonlyMap<string, DriftResource>): readonly DriftResource[] =>
  [...resources.values()].filter(
    ({ kind, expect }) =>
      (kind === 'aws/rds-instance' || kind === 'aws/rds-cluster') && textOf(expect['version']) !== undefined,
  );

/** A snapshot of a database that the runbook declares: it must get to the version that is declared of it. */
export const snapshotUpgrade: Judgement = {
  facts: (resource, { resources }) =>
    resource.name !== undefined && versioned(resources).length > 0 ? ['status'] : [],
  optional: () => ['engine', 'version', 'of', UPGRADES_FACT],
  judge(input) {
    const { resource, context, fact } = input;
    const [of, from, engine] = [textOf(fact('of')), textOf(fact('version')), textOf(fact('engine')) ?? ''];
    const source = versioned(context.resources).find(({ id }) => id.toLowerCase() === of?.toLowerCase());
    const wanted = textOf(source?.expect['version']);
    if (!source || from === undefined || wanted === undefined) return [];
    if (!matters(from, engine, { version: wanted, exact: false })) return [];
    const targets = targetsOf(fact(UPGRADES_FACT));
    const path = [...resource.path, 'id'];
    const why = broken(from, engine, wanted, targets);
    if (why === undefined) return targets ? [] : [untold(input, UPGRADES_FACT, from, { path }, wanted)];
    return [
      {
        code: CODE,
        message: `The snapshot ${resource.id} holds ${engine} ${from}, and ${source.id} must run ${wanted}: ${why}.`,
        path,
        expected: wanted,
        actual: from,
      },
    ];
  },
};
