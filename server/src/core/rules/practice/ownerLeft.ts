/** An owner whom the CODEOWNERS file no longer knows. */
import { dataOf, listOf, textOf } from '../read.ts';
import { opinion } from '../say.ts';

export const ownerLeft = opinion(
  { id: 'practice/owner-left', title: 'An owner is not in the CODEOWNERS any more.' },
  (view, say, { codeOwners }) => {
    if (codeOwners === undefined) return;
    const known = new Set(codeOwners.replace(/#.*$/gmu, '').toLowerCase().split(/\s+/u));
    listOf(dataOf(view.value['metadata'])['owners']).forEach((owner, index) => {
      for (const key of ['contact', 'name'] as const) {
        const text = textOf(dataOf(owner)[key]);
        // Only what CODEOWNERS could hold: a handle, a team or an address; a channel or a rota is no person.
        if (text === undefined || !/^@[\w-]+(?:\/[\w.-]+)?$|^[^@\s]+@[^@\s]+\.[a-z]+$/iu.test(text)) continue;
        if (known.has(text.toLowerCase())) continue;
        const name = textOf(dataOf(owner)['name']);
        say(
          ['metadata', 'owners', name ?? index, key],
          `Owner ${text} is not in the CODEOWNERS file any more: name who took over, or add them there.`,
          { actual: text },
        );
      }
    });
  },
);
