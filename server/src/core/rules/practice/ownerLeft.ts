/** An owner whom the CODEOWNERS file no longer knows. */
import { dataOf, listOf, textOf } from '../read.ts';
import { opinion } from '../say.ts';

// Only what CODEOWNERS could hold: a handle, a team (of a group within groups) or an address; a channel or a rota is no person.
const HANDLE = /^@[\w.-]+(?:\/[\w.-]+)*$/u;
const ADDRESS = /^[^@\s]+@[^@\s]+\.[a-z]+$/iu;

export const ownerLeft = opinion(
  { id: 'practice/owner-left', title: 'An owner is not in the CODEOWNERS any more.' },
  (view, say, { codeOwners }) => {
    if (codeOwners === undefined) return;
    const known = codeOwners.replace(/#.*$/gmu, '').toLowerCase().split(/\s+/u);
    // A file that names handles alone tells nothing of an address, nor the other way round.
    const kinds = [HANDLE, ADDRESS].filter((kind) => known.some((word) => kind.test(word)));
    listOf(dataOf(view.value['metadata'])['owners']).forEach((owner, index) => {
      for (const key of ['contact', 'name'] as const) {
        const text = textOf(dataOf(owner)[key]);
        if (text === undefined || !kinds.some((kind) => kind.test(text))) continue;
        if (known.includes(text.toLowerCase())) continue;
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
