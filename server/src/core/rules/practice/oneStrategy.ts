/** One strategy for every data class: either some data are kept too dearly, or others too poorly. */
import { policyOf } from '../../references/policy.ts';
import type { Entry, Workspace } from '../../workspace.ts';
import { at, isData, namedMaps, written } from '../read.ts';
import { policyDocumentRule } from '../say.ts';
import { listWords } from '../words.ts';

const STRATEGY = ['recovery', 'rpo', 'rto', 'budget', 'strategy', 'backups', 'verify'];

export const oneStrategy = policyDocumentRule(
  { id: 'practice/one-strategy', title: 'Every data class has the same strategy.' },
  ({ entry, workspace }, say) => {
    const classes = namedMaps(at(entry.document.value, 'classes')).filter(
      ([, each]) => each['ephemeral'] !== true && each['mandated'] === undefined,
    );
    if (classes.length < 2) return;
    const strategies = new Set(
      classes.map(([, each]) => sorted(Object.fromEntries(STRATEGY.map((key) => [key, each[key] ?? null])))),
    );
    const names = listWords(classes.map(([name]) => name));
    if (strategies.size === 1) {
      say(
        ['classes'],
        `Classes ${names} ask for one and the same strategy, so either some data are kept too dearly or others too poorly: give each its own RPO, RTO and retention, or merge them.`,
        { at: 'key' },
      );
    } else {
      const told = practised(entry, workspace);
      if (told !== undefined) say(['classes'], told, { at: 'key' });
    }
  },
);

/** What the runbooks do, whatever the classes say: three at least, of two classes at least, all backed up in one way. */
function practised(policy: Entry, workspace: Workspace): string | undefined {
  const ways = new Set<string>();
  const classes = new Set<string>();
  let runbooks = 0;
  for (const entry of workspace.byKind('Runbook')) {
    if (policyOf(entry, workspace)?.applying.includes(policy) !== true) continue;
    // Plain data and no view: this is asked of every runbook of a workspace.
    const applied = policyOf(entry, workspace);
    const backups = namedMaps(at(entry.document.value, 'backups'));
    if (applied?.class === undefined || applied.class['ephemeral'] === true || backups.length === 0) continue;
    classes.add(applied.className ?? '');
    runbooks++;
    for (const [, backup] of backups) {
      ways.add(
        ['tool', 'schedule', 'retention']
          .map((key) => written(backup[key] ?? ''))
          .join(' ')
          .trim(),
      );
    }
    if (ways.size > 1) return undefined;
  }
  const [way] = ways;
  if (way === undefined || runbooks < 3 || classes.size < 2) return undefined;
  return `All ${runbooks} runbooks of classes ${listWords([...classes])} are backed up in one and the same way (${way}), so either some data are kept too dearly or others too poorly: let each class's RPO and retention decide.`;
}

function sorted(value: unknown): string {
  if (!isData(value))
    return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${key}:${sorted(value[key])}`)
    .join()}}`;
}
