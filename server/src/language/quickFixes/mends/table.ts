/** Mends by the code of the finding that they mend: what can be written for a person where a rule brings no fix along. */
import type { Mender } from './mend.ts';
import * as backups from './backups.ts';
import * as bounds from './bounds.ts';
import * as dryRuns from './dryRuns.ts';
import * as forms from './forms.ts';
import * as names from './names.ts';
import * as steps from './steps.ts';
import * as suppressions from './suppressions.ts';
import * as syntax from './syntax.ts';
import * as types from './types.ts';

export const MENDERS: Readonly<Record<string, Mender>> = {
  'policy/copies': backups.addCopy,
  'policy/encrypted': bounds.expectEncryption,
  'policy/health': backups.addHealth,
  'policy/immutable': bounds.sayImmutable,
  'policy/no-class': bounds.chooseClass,
  'policy/no-dry-run': dryRuns.addDryRun,
  'policy/replication-lag': bounds.replicaLag,
  'policy/require': backups.declareExpectations,
  'policy/restore-in': dryRuns.useSandbox,
  'policy/restore-test-level': dryRuns.addSandbox,
  'policy/retention-gap': bounds.longerRetention,
  'policy/review': bounds.reviewedToday,
  'policy/rpo-copy': bounds.theBound,
  'policy/rpo-lag': bounds.atMost,
  'policy/rpo-schedule': bounds.oftenEnough,
  'policy/separate-account': backups.addCopy,
  'policy/separate-region': backups.addCopy,
  'policy/strategy': bounds.theBound,
  'practice/backup-not-restored': dryRuns.addDryRun,
  'practice/destructive-without-approval': steps.addApproval,
  'practice/dry-run-without-checks': dryRuns.addChecks,
  'practice/errors-ignored': steps.strictRestore,
  'practice/immutable-store-changed': steps.leaveStoreAlone,
  'practice/immutable-without-role': backups.chooseRestoreRole,
  'practice/no-authority': steps.addAuthority,
  'practice/no-rollback': steps.addRollback,
  'practice/no-timeout': steps.addTimeout,
  'practice/no-verify': steps.addVerify,
  'practice/same-account': backups.addCopy,
  'practice/same-region': backups.addCopy,
  'practice/secret-in-step': steps.secretFromEnv,
  'practice/shared-role': backups.chooseRestoreRole,
  'practice/silent-failure': steps.letItFail,
  'practice/statistics-missing': steps.analyze,
  'practice/tested-by-backup-tool': dryRuns.runSteps,
  'practice/unchecked-exit': steps.stopOnError,
  'practice/unchecked-pipe': steps.stopOnPipe,
  'practice/unmatched-objects': backups.addMatch,
  'practice/unmonitored-backup': backups.addHealth,
  'practice/unpinned-version': dryRuns.pinVersion,
  'practice/version-not-declared': backups.expectVersion,
  'reference/duplicate-name': names.nameOfItsOwn,
  'reference/unknown-expression': syntax.wholeExpression,
  'reference/wrong-kind': types.kindOfDatabase,
  'schema/format': forms.inItsForm,
  'schema/suppression': suppressions.wholeSuppression,
  'schema/type': types.inItsType,
  'schema/unknown-key': names.removeKey,
  'schema/value': types.fitting,
  'syntax/duplicate-key': syntax.keepOne,
  'syntax/yaml': syntax.whatLacks,
};
