/** What of an answer may be kept outside of this run: blanked, a fact would be another value, and be taken for a drift. */
import type { Observation } from './observation.ts';

/**
 * Whether nothing in a value is to be blanked: told by all its strings at once, as a pattern that fits one of them fits it
 * there too. A thousand answers say the same few things, and hold a secret next to never.
 */
export function holdsNoSecret(value: unknown, redact: (text: string) => string): boolean {
  const strings = new Set<string>();
  const gather = (each: unknown): void => {
    if (typeof each === 'string') strings.add(each);
    else if (Array.isArray(each)) each.forEach(gather);
    else if (typeof each === 'object' && each !== null)
      for (const [key, inner] of Object.entries(each)) {
        strings.add(key);
        gather(inner);
      }
  };
  gather(value);
  const text = [...strings].join('\n');
  return redact(text) === text;
}

/**
 * The answer without the facts that hold a secret, which are as good as never asked for; undefined where what is left would
 * not say where it was seen. Words for people are blanked.
 */
export function withoutSecrets(observation: Observation, redact: (text: string) => string): Observation | undefined {
  if (holdsNoSecret(observation, redact)) return observation;
  const { at, source, account, region } = observation;
  if (!holdsNoSecret([at, source, account, region], redact)) return undefined;
  const { by, others } = observation;
  const clean = {
    at,
    source,
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    ...(by === undefined ? {} : { by: redact(by) }),
    ...(others === undefined ? {} : { others: others.flatMap((each) => withoutSecrets(each, redact) ?? []) }),
  };
  switch (observation.state) {
    case 'found': {
      const facts = Object.entries(observation.facts).filter((each) => holdsNoSecret(each, redact));
      return { ...clean, state: 'found', facts: Object.fromEntries(facts) };
    }
    case 'absent':
      return {
        ...clean,
        state: 'absent',
        ...(observation.note === undefined ? {} : { note: redact(observation.note) }),
      };
    case 'unknown': {
      const { unknown } = observation;
      return { ...clean, state: 'unknown', unknown: { ...unknown, detail: redact(unknown.detail) } };
    }
  }
}
