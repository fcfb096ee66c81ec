/** Names that a database user can't see for want of a privilege: never called missing. */
import type { JudgeInput, Verdict } from '../kind.ts';

/** Name of the fact that a list of names is only what this user may see; its value is the privilege to ask for. */
export const UNSEEN_FACT = 'unseen:';

/** A verdict that something isn't in the list `fact`, or that it can't be told where the list may be a part. */
export function unlessUnseen(
  fact: string,
  name: string,
  { resource, fact: valueOf }: JudgeInput,
  verdict: Verdict,
): Verdict {
  const permission = valueOf(`${UNSEEN_FACT}${fact}`);
  if (typeof permission !== 'string') return verdict;
  return {
    code: 'unchecked/denied',
    message: `${resource.id}: ${name} was not checked: among the ${fact} that its user may see it is not, and others are hidden from that user (ask for ${permission}).`,
    ...(verdict.below ? { below: verdict.below } : {}),
    data: { permission },
  };
}
