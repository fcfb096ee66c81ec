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
    // A bucket may be set up with an alias where the runbook names the key.
    if (live !== undefined && !isKeyAlias(textOf(expected) ?? ''))
      return plainKey.judge(expected, { ...input, fact: () => live });
    const behind = textOf(input.fact(`${KEY_FACT}${textOf(expected) ?? ''}`));
    const verdicts = plainKey.judge(expected, input);
    // The alias itself, or the key that it points at now.
    return verdicts.length === 0 || behind === undefined
      ? verdicts
      : plainKey
          .judge(behind, input)
          .map((each) =>
            each.code === 'drift/value'
              ? valueVerdict(input.resource, KEY_WORDS, expected, input.fact('kmsKey'))
              : each,
          );
  },
};
