/** Buckets as `s3://BUCKET/key` and as S3's own web addresses. */
import { nameEndsAt, nameStartsAt, wordEnd, type Recognised, type Recogniser } from './recogniser.ts';

const URI = /s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/g;
const HOST_STYLE =
  /https:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3[.-](?:dualstack\.)?(?:([a-z]{2}(?:-[a-z]+)+-\d)\.)?amazonaws\.com(?:\.cn)?/g;
const PATH_STYLE =
  /https:\/\/s3[.-](?:dualstack\.)?(?:([a-z]{2}(?:-[a-z]+)+-\d)\.)?amazonaws\.com(?:\.cn)?\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/g;

export const s3: Recogniser = {
  name: 's3',
  mayMatch: (text) => text.includes('s3'),
  recognise(text) {
    const found: Recognised[] = [];
    const add = (at: RegExpExecArray, bucket: string, idStart: number, region: string | undefined): void => {
      const nameEnd = idStart + bucket.length;
      const behind = at.index + at[0].length;
      if (!nameStartsAt(text, at.index) || !nameEndsAt(text, Math.max(nameEnd, behind)) || bucket.includes('..'))
        return;
      const end = wordEnd(text, behind);
      found.push({
        start: at.index,
        end,
        idStart,
        idEnd: nameEnd,
        kind: 'aws/s3-bucket',
        id: bucket,
        text: `s3://${bucket}`,
        ...(region ? { region } : {}),
      });
    };
    for (const at of text.matchAll(URI)) add(at, at[1] ?? '', at.index + 's3://'.length, undefined);
    for (const at of text.matchAll(HOST_STYLE)) add(at, at[1] ?? '', at.index + 'https://'.length, at[2]);
    for (const at of text.matchAll(PATH_STYLE))
      add(at, at[2] ?? '', at.index + at[0].length - (at[2] ?? '').length, at[1]);
    return found;
  },
};
