/** Roles: whom they trust, what they may do, what they must not be able to do. */
import { shown, textOf } from '../../expected.ts';
import { principalsIn, trusts } from '../../iam/trust.ts';
import type { Expectation, JudgeInput, Kind, Verdict } from '../kind.ts';
import { undecided } from '../kind.ts';
import { named, plain } from '../expectations.ts';
import { nameOf, parseArn, sameName } from './arn.ts';
import { allows, forbids, restoreRoleCanDestroy } from './iam-access.ts';

/** A role of the runbook by its name there, or one of the same account by its own; anything else is what policies call it. */
function principalMeant(text: string, { fact, observation, context }: JudgeInput): string {
  if (!/^[\w+=,@-]+$/.test(text) || /^\d{12}$/.test(text)) return text;
  const seen = context.resources.get(text)?.kind === 'aws/iam-role' ? context.observations.get(text) : undefined;
  const arn = seen?.state === 'found' ? seen.facts['arn'] : undefined;
  const known = arn && 'value' in arn ? textOf(arn.value) : undefined;
  const own = parseArn(textOf(fact('arn')) ?? '');
  const account = own?.account ?? observation.account;
  if (known !== undefined || account === undefined) return known ?? text;
  const listed = principalsIn(fact('trust')).find(
    (each) => parseArn(each)?.account === account && nameOf(each).toLowerCase() === text.toLowerCase(),
  );
  return listed ?? `arn:${own?.partition ?? 'aws'}:iam::${account}:role/${text}`;
}

const trust: Expectation = {
  facts: () => ['trust'],
  judge(expected, input) {
    const { resource, fact } = input;
    const document = fact('trust');
    const wanted = Array.isArray(expected) ? expected : [expected];
    return wanted.flatMap((principal, index): Verdict[] => {
      const below = Array.isArray(expected) ? [index] : [];
      switch (trusts(document, principalMeant(shown(principal), input))) {
        case 'yes':
          return [];
        case 'no':
          return [
            {
              code: 'drift/trust',
              message: `${resource.id} doesn't trust ${shown(principal)}, so nobody can assume it from there; the runbook expects it to.`,
              below,
              expected: principal,
              actual: document,
            },
          ];
        case 'maybe':
          return [
            undecided(
              `${resource.id} trusts ${shown(principal)} only under a condition that can't be evaluated here.`,
              { below },
            ),
          ];
      }
    });
  },
};

export const iamRole: Kind = {
  id: 'aws/iam-role',
  regional: false,
  expectations: {
    trusts: trust,
    allows,
    forbids,
    boundary: named('boundary', 'the permissions boundary', sameName),
    maxSession: {
      facts: () => ['maxSession'],
      judge: (expected, input) =>
        plain('maxSession', 'a longest session of', 'duration').judge(asDuration(expected), {
          ...input,
          fact: (name) => `${String(input.fact(name))}s`,
        }),
    },
  },
  judgements: [
    restoreRoleCanDestroy,
    {
      // Two names for one role: the restore would depend on the very credentials that take the backups.
      facts: (resource, context) =>
        resource.name !== undefined &&
        resource.name === context.restore.role &&
        context.backups.some((backup) => backup.role !== undefined && backup.role !== resource.name)
          ? ['arn']
          : [],
      judge({ resource, context, fact }) {
        const arn = textOf(fact('arn'));
        return context.backups.flatMap((backup): Verdict[] => {
          const other = backup.role === undefined ? undefined : context.observations.get(backup.role);
          if (arn === undefined || backup.role === resource.name || other?.state !== 'found') return [];
          // One id under two names is seen without a look-up: practice/shared-role says it.
          const named = context.resources.get(backup.role ?? '');
          if (named?.id === resource.id && named.account === resource.account) return [];
          const otherArn = other.facts['arn'];
          if (!otherArn || !('value' in otherArn) || otherArn.value !== arn) return [];
          return [
            {
              code: 'drift/same-role',
              message: `${resource.name ?? ''} and ${backup.role ?? ''} are one role (${arn}): whoever loses the backup role loses the restore with it.`,
              path: ['restore', 'role'],
              expected: 'two roles',
              actual: arn,
            },
          ];
        });
      },
    },
  ],
};

/** A plain number is of seconds: that is how AWS says it. */
function asDuration(expected: unknown): unknown {
  return shown(expected).replace(/(?<![\w.])\d+(?![\w.])/g, '$&s');
}
