/** The policy rules: what the policy that applies asks of a runbook. Adding one is a file, a row here, a fixture and a page. */
import type { Rule } from '../rule.ts';
import { appliesToNothing } from './appliesToNothing.ts';
import { authority } from './authority.ts';
import { budget } from './budget.ts';
import { budgetMeasured } from './budgetMeasured.ts';
import { budgetSteps } from './budgetSteps.ts';
import { checksum } from './checksum.ts';
import { contradictoryClass } from './contradictoryClass.ts';
import { copies } from './copies.ts';
import { encrypted } from './encrypted.ts';
import { ephemeralWithoutWhy } from './ephemeralWithoutWhy.ts';
import { health } from './health.ts';
import { healthUnreadable } from './healthUnreadable.ts';
import { immutable } from './immutable.ts';
import { noBackup } from './noBackup.ts';
import { noClass } from './noClass.ts';
import { noDryRun } from './noDryRun.ts';
import { owners } from './owners.ts';
import { proves } from './proves.ts';
import { recovery } from './recovery.ts';
import { replicationLag } from './replicationLag.ts';
import { requireExpectations } from './require.ts';
import { restoreIn } from './restoreIn.ts';
import { restoreTestLevel } from './restoreTestLevel.ts';
import { retention } from './retention.ts';
import { retentionAtMost } from './retentionAtMost.ts';
import { retentionGap } from './retentionGap.ts';
import { review } from './review.ts';
import { rpo } from './rpo.ts';
import { rpoCopy } from './rpoCopy.ts';
import { rpoLag } from './rpoLag.ts';
import { rpoSchedule } from './rpoSchedule.ts';
import { rto } from './rto.ts';
import { rtoMeasured } from './rtoMeasured.ts';
import { rtoSteps } from './rtoSteps.ts';
import { separateAccount } from './separateAccount.ts';
import { separateRegion } from './separateRegion.ts';
import { strategy } from './strategy.ts';
import { verifyCost } from './verifyCost.ts';

export const POLICY_RULES: readonly Rule[] = [
  noClass,
  recovery,
  strategy,
  rpo,
  rpoSchedule,
  rpoLag,
  rpoCopy,
  replicationLag,
  rto,
  rtoSteps,
  rtoMeasured,
  budget,
  budgetSteps,
  budgetMeasured,
  noBackup,
  copies,
  immutable,
  encrypted,
  separateAccount,
  separateRegion,
  retention,
  retentionAtMost,
  retentionGap,
  checksum,
  health,
  healthUnreadable,
  owners,
  authority,
  review,
  requireExpectations,
  noDryRun,
  restoreTestLevel,
  restoreIn,
  proves,
  verifyCost,
  ephemeralWithoutWhy,
  contradictoryClass,
  appliesToNothing,
];
