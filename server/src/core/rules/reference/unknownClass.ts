/** A data class that no policy defines; nothing is said where no policy applies, or where it can't be read in whole. */
import { policyOf } from '../../references/policy.ts';
import type { Rule } from '../rule.ts';
import { referenceFacts } from './facts.ts';
import { relatedName, unknownName } from './report.ts';

export const unknownClass: Rule = {
  id: 'reference/unknown-class',
  severity: 'error',
  title: 'A data class that the policy does not define.',
  *check({ entry, workspace }) {
    for (const reference of referenceFacts(entry, workspace).names) {
      if (reference.target !== 'class') continue;
      const policy = policyOf(entry, workspace);
      const first = policy?.applying[0];
      if (!policy || !first || policy.incomplete || workspace.incomplete('Policy')) continue;
      const known = Object.keys(policy.classes);
      if (known.includes(reference.name)) continue;
      const instead = known.length > 0 ? 'its classes are' : `define it in ${first.file}`;
      const finding = unknownName(
        'reference/unknown-class',
        reference,
        known,
        'class',
        `in policy ${first.name ?? first.file}`,
        instead,
      );
      yield { ...finding, related: [relatedName(first, `The policy that applies: ${policy.why}`)] };
    }
  },
};
