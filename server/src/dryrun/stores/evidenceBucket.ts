/** The bucket that a policy keeps evidence in: objects are added to it, and never written over or removed. */
import type { AccountAccess } from '../../core/recovery/engine.ts';
import type { EnginePorts } from '../ports.ts';
import { openAws, s3Options } from './aws.ts';
import { nameOf } from './awsFault.ts';

export interface EvidenceBucket {
  readonly bucket: string;
  readonly prefix: string;
  readonly region?: string;
  readonly access: AccountAccess;
}

/** Opens it with the account's own rights. Rejects with a StageFault where there are none. */
export async function openEvidenceBucket(
  ports: Pick<EnginePorts, 'hosts' | 'secrets'>,
  place: EvidenceBucket,
  signal: AbortSignal,
) {
  const access = await openAws(
    ports,
    { ...place.access, ...(place.region === undefined ? {} : { region: place.region }) },
    undefined,
    false,
    signal,
  );
  const s3 = await import('@aws-sdk/client-s3');
  const client = new s3.S3Client(await s3Options(access));
  const { bucket, prefix } = place;
  const options = { abortSignal: signal };
  return {
    where: `s3://${bucket}/${prefix}`,
    list: async (): Promise<readonly string[]> => {
      const keys: string[] = [];
      let token: string | undefined;
      do {
        const answer = await client.send(
          new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
          options,
        );
        for (const each of answer.Contents ?? []) if (each.Key !== undefined) keys.push(each.Key.slice(prefix.length));
        token = answer.NextContinuationToken;
      } while (token !== undefined);
      return keys;
    },
    read: async (key: string): Promise<string> => {
      const answer = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: prefix + key }), options);
      return (await answer.Body?.transformToString('utf8')) ?? '';
    },
    putNew: async (key: string, text: string): Promise<boolean> => {
      try {
        await client.send(
          new s3.PutObjectCommand({
            Bucket: bucket,
            Key: prefix + key,
            Body: text,
            ContentType: 'application/json',
            IfNoneMatch: '*',
          }),
          options,
        );
        return true;
      } catch (error) {
        if (/PreconditionFailed|ConditionalRequestConflict/u.test(nameOf(error))) return false;
        throw error;
      }
    },
    close: (): void => client.destroy(),
  };
}
