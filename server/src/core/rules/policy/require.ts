/** A resource does not declare an expectation that its class requires, so that nothing would notice a change of it. */
import { dataOf, listOf, textOf } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords, listWords } from '../words.ts';

export const requireExpectations = runbookRule(
  { id: 'policy/require', title: 'A resource lacks an expectation that the class requires.' },
  (view, say) => {
    const required = dataOf(view.class?.value['require']);
    for (const resource of view.resources.values()) {
      const keys = listOf(required[resource.kind]).flatMap((key) => textOf(key) ?? []);
      const missing = keys.filter((key) => resource.expect[key] === undefined && resource.value[key] === undefined);
      if (missing.length === 0) continue;
      const some = resource.value['expect'] !== undefined;
      say(
        some ? [...resource.path, 'expect'] : resource.path,
        `Resource ${resource.name} does not expect ${listWords(missing)}, but ${classWords(view)} requires that of every ${resource.kind}: declare what must hold, so that drift is noticed.`,
        { at: 'key', expected: keys, actual: Object.keys(resource.expect), data: { missing } },
      );
    }
  },
);
