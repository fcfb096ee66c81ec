/** The recognisers of implicit references, in order: where two find the same text, the earlier one is believed. */
import { arn } from './arn.ts';
import { azureBlob } from './azureBlob.ts';
import { databaseUrl } from './databaseUrl.ts';
import { googleStorage } from './googleStorage.ts';
import { rdsEndpoint } from './rdsEndpoint.ts';
import type { Recognised, Recogniser } from './recogniser.ts';
import { s3 } from './s3.ts';

const RECOGNISERS: readonly Recogniser[] = [databaseUrl, arn, s3, googleStorage, azureBlob, rdsEndpoint];

/** Every resource that `text` names, in order of place; none inside another. */
export function recognise(text: string): readonly Recognised[] {
  const found: Recognised[] = [];
  for (const recogniser of RECOGNISERS) {
    if (!recogniser.mayMatch(text)) continue;
    for (const each of recogniser.recognise(text)) {
      if (!found.some((other) => each.start < other.end && other.start < each.end)) found.push(each);
    }
  }
  return found.sort((one, other) => one.start - other.start);
}
