/** Buckets of Google Cloud Storage as `gs://BUCKET/object`. */
import { nameEndsAt, nameStartsAt, wordEnd, type Recogniser } from './recogniser.ts';

const URI = /gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])/g;

export const googleStorage: Recogniser = {
  name: 'gs',
  mayMatch: (text) => text.includes('gs://'),
  recognise(text) {
    return [...text.matchAll(URI)].flatMap((at) => {
      const bucket = at[1] ?? '';
      const idStart = at.index + 'gs://'.length;
      const idEnd = idStart + bucket.length;
      if (!nameStartsAt(text, at.index) || !nameEndsAt(text, idEnd)) return [];
      return [
        {
          start: at.index,
          end: wordEnd(text, idEnd),
          idStart,
          idEnd,
          kind: 'gcp/storage-bucket',
          id: bucket,
          text: `gs://${bucket}`,
        },
      ];
    });
  },
};
