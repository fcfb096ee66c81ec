/** The key that something is encrypted with: by id, ARN or alias; an alias is asked for the key behind it. */
import { textOf } from '../../expected.ts';
import type { Expectation } from '../kind.ts';
import { named } from '../expectations.ts';
import { valueVerdict } from '../kind.ts';
import { isKeyAlias, sameKey } from './arn.ts';

/** Name of the fact that holds the ARN of the key behind an alias. */
export const KEY_FACT = 'key:';

/** Name of the fact that holds the ARN of the key behind a live alias, asked where the runbook names no alias. */
export const LIVE_KEY_FACT = 'liveKey';

const KEY_WORDS = 'the key';
const plainKey = named('kmsKey', KEY_WORDS, sameKey);

export const encryptionKey: Expectation = {
  facts: (expected) => [
    'kmsKey',
    ...(isKeyAlias(textOf(expected) ?? '') ? [`${KEY_FACT}${textOf(expected) ?? ''}`] : []),
  ],
  optional: [LIVE_KEY_FACT],
  judge(expected, input) {
    const live = textOf(input.fact(LIVE_KEY_FACT));
    const behind = textOf(input.fact(`${KEY_FACT}${textOf(expected) ?? ''}`));
    // A bucket may be set up with an alias where the runbook names the key, or another alias of it.
    if (live !== undefined && behind === undefined) return plainKey.judge(expected, { ...input, fact: () => live });
    const verdicts = plainKey.judge(expected, input);
    if (verdicts.length === 0 || behind === undefined) return verdicts;
    // The alias itself, or the key that it points at now.
    return plainKey
      .judge(behind, live === undefined ? input : { ...input, fact: () => live })
      .map((each) =>
        each.code === 'drift/value' ? valueVerdict(input.resource, KEY_WORDS, expected, input.fact('kmsKey')) : each,
      );
  },
};
