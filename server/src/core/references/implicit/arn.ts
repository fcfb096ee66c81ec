/** Amazon resource names of the kinds that we know. */
import { resourceOfArn } from '../arn.ts';
import { nameStartsAt, wordEnd, type Recognised, type Recogniser } from './recogniser.ts';

const START = /arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws|):/g;

export const arn: Recogniser = {
  name: 'arn',
  mayMatch: (text) => text.includes('arn:aws'),
  recognise(text) {
    const found: Recognised[] = [];
    for (const at of text.matchAll(START)) {
      if (!nameStartsAt(text, at.index)) continue;
      const from = at.index + at[0].length;
      const end = wordEnd(text, from);
      const written = text.slice(at.index, end);
      const resource = resourceOfArn(written);
      if (!resource || /[$*?{}<>%\uFFFC]/.test(resource.id)) continue;
      const idStart = at.index + (resource.id === written ? 0 : written.indexOf(resource.id, at[0].length));
      const idEnd = idStart + resource.id.length;
      // A name that a variable, a pattern or a command goes on with is not that name.
      if (/[$*{?%<\uFFFC]/.test(text.charAt(idEnd))) continue;
      found.push({ start: at.index, end, idStart, idEnd, text: written, ...resource });
    }
    return found;
  },
};
