/** A severity is set for a finding that does not exist: what was meant is not switched. */
import { CATALOGUE } from './catalogue.ts';
import { at, dataOf } from './read.ts';
import { policyDocumentRule } from './say.ts';

/** It stands beside the tables and not in one, because it needs the catalogue, which is made of them. */
export const unknownCode = policyDocumentRule(
  { id: 'policy/unknown-code', title: 'A severity is set for a finding that does not exist.' },
  ({ entry }, say) => {
    const known = new Set(CATALOGUE.map((row) => row.code));
    for (const code of Object.keys(dataOf(at(entry.document.value, 'severity')))) {
      // What is not of the form area/name is the schema's to say.
      if (known.has(code) || !/^(?:syntax|schema|reference|policy|practice|drift|evidence)\/[a-z0-9-]+$/u.test(code))
        continue;
      const area = code.split('/')[0] ?? '';
      const near = nearest(
        code,
        [...known].filter((each) => each.startsWith(`${area}/`)),
      );
      say(
        ['severity', code],
        `There is no finding ${code}${near === undefined ? '' : `; did you mean ${near}`}: drillbook rules lists them all.`,
        { at: 'key', data: { suggestion: near } },
      );
    }
  },
);

/** The known code that shares most letter pairs with `code`; undefined where none shares half. */
function nearest(code: string, known: readonly string[]): string | undefined {
  const pairs = (text: string): Set<string> =>
    new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => text.slice(index, index + 2)));
  const own = pairs(code);
  let best: { readonly code: string; readonly share: number } | undefined;
  for (const each of known) {
    const other = pairs(each);
    const share = [...own].filter((pair) => other.has(pair)).length / Math.max(own.size, other.size);
    if (share > 0.6 && (!best || share > best.share)) best = { code: each, share };
  }
  return best?.code;
}
