/** The scenario *key person away*: would anything of the recovery have nobody to do it? */
import { asMap, asText, dig } from '../references/read.ts';

/** The first owner, whom the scenario takes away. */
export function keyPersonOf(runbook: unknown): string | undefined {
  return ownersOf(runbook)[0];
}

function ownersOf(runbook: unknown): readonly string[] {
  const list = dig(runbook, 'metadata', 'owners');
  return (Array.isArray(list) ? list : [])
    .map((each) => asText(asMap(each)['name']) ?? asText(each))
    .filter((each) => each !== undefined);
}

/** One sentence where the recovery stops without the first owner; undefined where others can do it all. Plain data of any shape. */
export function stopsWithoutKeyPerson(runbook: unknown): string | undefined {
  const owners = ownersOf(runbook);
  const key = owners[0];
  if (key === undefined) return 'The runbook has no owner, so nobody is known to be able to run it.';
  if (owners.length < 2)
    return `"${key}" is the only owner of the runbook: with them away nobody is known to be able to run it.`;
  const authority = asText(dig(runbook, 'restore', 'authority'));
  if (authority === key)
    return `Only "${key}" may start the recovery ("restore.authority"): with them away nobody may.`;
  const steps = dig(runbook, 'restore', 'steps');
  const theirs = (Array.isArray(steps) ? steps : [])
    .map(asMap)
    .filter((step) => asText(step['owner']) === key || asText(step['approval']) === key)
    .map((step) => `"${asText(step['id']) ?? ''}"`);
  return theirs.length === 0
    ? undefined
    : `With "${key}" away nobody can do ${theirs.length === 1 ? 'the step' : 'the steps'} ${theirs.join(', ')}: let a role or a second person own ${theirs.length === 1 ? 'it' : 'them'}.`;
}
