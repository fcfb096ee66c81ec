/** One strategy for every data class: either some data are kept too dearly, or others too poorly. */
import { at, isData, namedMaps } from '../read.ts';
import { policyDocumentRule } from '../say.ts';
import { listWords } from '../words.ts';

const STRATEGY = ['recovery', 'rpo', 'rto', 'budget', 'strategy', 'backups', 'verify'];

export const oneStrategy = policyDocumentRule(
  { id: 'practice/one-strategy', title: 'Every data class has the same strategy.' },
  ({ entry }, say) => {
    const classes = namedMaps(at(entry.document.value, 'classes')).filter(
      ([, each]) => each['ephemeral'] !== true && each['mandated'] === undefined,
    );
    if (classes.length < 2) return;
    const strategies = new Set(
      classes.map(([, each]) => sorted(Object.fromEntries(STRATEGY.map((key) => [key, each[key] ?? null])))),
    );
    if (strategies.size > 1) return;
    say(
      ['classes'],
      `Classes ${listWords(classes.map(([name]) => name))} ask for one and the same strategy, so either some data are kept too dearly or others too poorly: give each its own RPO, RTO and retention, or merge them.`,
      { at: 'key' },
    );
  },
);

function sorted(value: unknown): string {
  if (!isData(value))
    return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${key}:${sorted(value[key])}`)
    .join()}}`;
}
