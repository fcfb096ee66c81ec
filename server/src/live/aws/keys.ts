/** Aliases of KMS keys that a runbook names where AWS tells keys: each is asked once for the key behind it. */
import { KEY_FACT } from '../../core/drift/kinds/aws/key.ts';
import type { Fact, LookupRequest } from '../../core/drift/observation.ts';
import type { Answer } from '../reader.ts';
import { fact, type PlannedOperation, type Target } from './awsReader.ts';

const aliasesOf = (request: LookupRequest): readonly string[] =>
  request.facts.filter((name) => name.startsWith(KEY_FACT)).map((name) => name.slice(KEY_FACT.length));

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
      if (answer.state !== 'found' || aliases.length === 0) return answer;
      const facts: Record<string, Fact> = { ...answer.facts };
      for (const alias of aliases)
        facts[`${KEY_FACT}${alias}`] = await keyOf(alias, answer.region ?? request?.region ?? target.region);
      return { ...answer, facts };
    }),
  );
}
