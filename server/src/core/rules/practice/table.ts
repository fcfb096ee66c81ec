/** The practice rules: the anti-patterns of recovery, each an opinion that a policy can set or switch off. */
import type { Rule } from '../rule.ts';
import { backupNotRestored } from './backupNotRestored.ts';
import { destructiveWithoutApproval } from './destructiveWithoutApproval.ts';
import { dryRunWithoutChecks } from './dryRunWithoutChecks.ts';
import { errorsIgnored } from './errorsIgnored.ts';
import { immutableStoreChanged } from './immutableStoreChanged.ts';
import { immutableWithoutRole } from './immutableWithoutRole.ts';
import { noAuthority } from './noAuthority.ts';
import { noRollback } from './noRollback.ts';
import { noTimeout } from './noTimeout.ts';
import { noVerify } from './noVerify.ts';
import { oneDriller } from './oneDriller.ts';
import { oneStrategy } from './oneStrategy.ts';
import { ownerLeft } from './ownerLeft.ts';
import { philosophyMismatch } from './philosophyMismatch.ts';
import { postRestoreSettings } from './postRestoreSettings.ts';
import { productionTarget } from './productionTarget.ts';
import { replicationIsNoBackup } from './replicationIsNoBackup.ts';
import { sameAccount } from './sameAccount.ts';
import { sameBucket } from './sameBucket.ts';
import { sameRegion } from './sameRegion.ts';
import { secretInStep } from './secretInStep.ts';
import { sequencesMissing } from './sequencesMissing.ts';
import { sharedRole } from './sharedRole.ts';
import { silentFailure } from './silentFailure.ts';
import { singleOwner } from './singleOwner.ts';
import { statisticsMissing } from './statisticsMissing.ts';
import { testedByBackupTool } from './testedByBackupTool.ts';
import { trivialCheck } from './trivialCheck.ts';
import { uncheckedExit } from './uncheckedExit.ts';
import { uncheckedPipe } from './uncheckedPipe.ts';
import { unmatchedObjects } from './unmatchedObjects.ts';
import { unmonitoredBackup } from './unmonitoredBackup.ts';
import { unpinnedVersion } from './unpinnedVersion.ts';
import { versionNotDeclared } from './versionNotDeclared.ts';

export const PRACTICE_RULES: readonly Rule[] = [
  backupNotRestored,
  destructiveWithoutApproval,
  dryRunWithoutChecks,
  errorsIgnored,
  immutableStoreChanged,
  immutableWithoutRole,
  noAuthority,
  noRollback,
  noTimeout,
  noVerify,
  oneDriller,
  oneStrategy,
  ownerLeft,
  philosophyMismatch,
  postRestoreSettings,
  productionTarget,
  replicationIsNoBackup,
  sameAccount,
  sameBucket,
  sameRegion,
  secretInStep,
  sequencesMissing,
  sharedRole,
  silentFailure,
  singleOwner,
  statisticsMissing,
  testedByBackupTool,
  trivialCheck,
  uncheckedExit,
  uncheckedPipe,
  unmatchedObjects,
  unmonitoredBackup,
  unpinnedVersion,
  versionNotDeclared,
];
