/** The live facts of a resource, with their age, as Markdown. */
import type { Fact } from '../../core/drift/observation.ts';
import type { LiveResource } from '../context.ts';
import { code, words } from '../markdown.ts';
import { agoOf } from '../words.ts';

/** What was last seen of it: never more than was looked up, and what is unknown says why. */
export function liveMarkdown(resource: LiveResource, now: number): string {
  const { observation } = resource;
  const age = agoOf(observation.at, now);
  const from = observation.source;
  const where = [observation.region, observation.account].filter((each) => each !== undefined).join(', ');
  const who = observation.by === undefined ? '' : ` by ${code(observation.by)}`;
  const seen = `${from}, ${age}${where === '' ? '' : ` in ${words(where)}`}${who}`;
  switch (observation.state) {
    case 'absent':
      return `**Not there** (${seen}).`;
    case 'unknown': {
      const ask =
        observation.unknown.permission === undefined ? '' : ` Ask for ${code(observation.unknown.permission)}.`;
      return `**Not checked** (${seen}): ${words(observation.unknown.detail)}${ask}`;
    }
    case 'found': {
      const facts = Object.entries(observation.facts).map(([name, fact]) => `- ${words(name)}: ${factText(fact)}`);
      return [`**There** (${seen}).`, ...(facts.length > 0 ? [facts.join('\n')] : [])].join('\n\n');
    }
  }
}

/** A fact as inline code, or why it isn't known. */
export function factText(fact: Fact): string {
  return 'value' in fact ? code(fact.value) : `not checked: ${words(fact.unknown.detail)}`;
}

/** The resource of a file that stands at or around a path. */
export function liveAt(
  resources: readonly LiveResource[],
  document: number,
  path: readonly (string | number)[],
): LiveResource | undefined {
  return resources.find(
    (each) =>
      each.document === document &&
      each.path.length > 0 &&
      each.path.length <= path.length &&
      each.path.every((segment, index) => segment === path[index]),
  );
}
