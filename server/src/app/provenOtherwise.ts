/** Dry runs that were proven against other facts than those that are live now. */
import type { Subject } from '../core/drift/subject.ts';
import type { Finding } from '../core/finding.ts';
import { cadenceOf } from '../core/recovery/cadence.ts';
import { changedFacts, changeWords, type Facts } from '../core/recovery/provenBefore.ts';
import { catalogueRow } from '../core/rules/catalogue.ts';
import { needsVerifyMessage } from '../core/rules/evidence/needsVerify.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import type { ObservedResource } from './judgeRunbook.ts';

/** The live facts that runbooks declare, by `resource.fact`. */
export function factsOf(observations: readonly ObservedResource[]): Facts {
  return Object.fromEntries(
    observations.flatMap(({ name, declared }) =>
      Object.entries(declared).map(([fact, value]) => [`${name ?? ''}.${fact}`, value] as const),
    ),
  );
}

/** A finding for each whose last pass was; what the evidence tells by itself is left to its rule. */
export function provenOtherwise(
  { entry, context }: Subject,
  observations: readonly ObservedResource[],
  evidence: Pick<EvidenceSummary, 'entries'>,
  now: number,
): readonly Finding[] {
  const { passes, needsVerify } = cadenceOf(entry.document.value, undefined, evidence, now);
  if (passes.length === 0) return [];
  const facts = factsOf(observations);
  return passes.flatMap(({ dryRun, last }): readonly Finding[] => {
    const changes = changedFacts(last.facts, facts);
    if (changes.length === 0 || needsVerify.some((each) => each.dryRun === dryRun)) return [];
    return [
      {
        code: 'evidence/needs-verify',
        severity: context.severities?.['evidence/needs-verify'] ?? catalogueRow('evidence/needs-verify').severity,
        message: needsVerifyMessage(entry.name ?? '', dryRun, last, changeWords(changes)),
        file: entry.file,
        document: entry.document.index,
        path: ['dryRuns', dryRun],
        at: 'key',
        data: { evidence: last.id },
      },
    ];
  });
}
