/** Parts of a document that its schema was found to hold for, from one check of an open file to the next. */
import type { Known, Validator } from '../../generated/validators.js';

/** Nothing known yet. Plain data are the same object as long as the text that they are of is the same, and never change. */
export function nothingKnown(): Known {
  const valid = new Map<Validator, WeakSet<object>>();
  return {
    has: (validate, data) => isObject(data) && valid.get(validate)?.has(data) === true,
    add: (validate, data) => {
      if (!isObject(data)) return;
      const known = valid.get(validate);
      if (known) known.add(data);
      else valid.set(validate, new WeakSet([data]));
    },
  };
}

function isObject(data: unknown): data is object {
  return typeof data === 'object' && data !== null;
}
