/** Aliases of KMS keys that a runbook names where AWS tells keys: each is asked once for the key behind it. */
import { isKeyAlias, sameKey } from '../../core/drift/kinds/aws/arn.ts';
import { KEY_FACT, LIVE_KEY_FACT } from '../../core/drift/kinds/aws/key.ts';
import type { Fact, LookupRequest } from '../../core/drift/observation.ts';
import type { Answer } from '../reader.ts';
import { fact, type PlannedOperation, type Target } from './awsReader.ts';

const aliasesOf = (request: LookupRequest): readonly string[] =>
  request.facts.filter((name) => name.startsWith(KEY_FACT)).map((name) => name.slice(KEY_FACT.length));

/** Is a key expected, so that a live alias other than the expected one must be asked for the key behind it? */
export const asksLiveKey = (request: LookupRequest): boolean => request.facts.includes(LIVE_KEY_FACT);

function aliasIn(fact: Fact | undefined): string | undefined {
  return fact && 'value' in fact && typeof fact.value === 'string' && isKeyAlias(fact.value) ? fact.value : undefined;
}

export function keyCalls(requests: readonly LookupRequest[]): readonly PlannedOperation[] {
  const aliases = new Set(requests.flatMap(aliasesOf));
  return aliases.size === 0 ? [] : [{ operation: 'kms:DescribeKey', count: aliases.size, serves: [...aliases] }];
}

/** The answers with the keys behind the aliases that their requests name, in the region where each was found. */
export async function withKeys(
  requests: readonly LookupRequest[],
  answers: readonly Answer[],
  target: Target,
): Promise<readonly Answer[]> {
  const asked = new Map<string, Promise<Fact>>();
  const keyOf = async (alias: string, region: string): Promise<Fact> => {
    const name = `${region} ${alias}`;
    const asking =
      asked.get(name) ??
      fact(
        async () => (await target.call('kms:DescribeKey', { KeyId: alias }, region)).KeyMetadata?.Arn ?? 'none',
        'NotFoundException',
      );
    asked.set(name, asking);
    return await asking;
  };
  return await Promise.all(
    answers.map(async (answer, index): Promise<Answer> => {
      const request = requests[index];
      const aliases = request ? aliasesOf(request) : [];
      const alias =
        answer.state === 'found' && request && asksLiveKey(request) ? aliasIn(answer.facts['kmsKey']) : undefined;
      const live = alias !== undefined && !aliases.some((each) => sameKey(each, alias) === true) ? alias : undefined;
      if (answer.state !== 'found' || (aliases.length === 0 && live === undefined)) return answer;
      const facts: Record<string, Fact> = { ...answer.facts };
      if (live !== undefined)
        facts[LIVE_KEY_FACT] = await keyOf(live, answer.region ?? request?.region ?? target.region);
      for (const alias of aliases)
        facts[`${KEY_FACT}${alias}`] = await keyOf(alias, answer.region ?? request?.region ?? target.region);
      return { ...answer, facts };
    }),
  );
}
