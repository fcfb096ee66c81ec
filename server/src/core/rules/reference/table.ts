/** The reference rules: every name that a document uses has to mean something, and one thing only. */
import type { Rule } from '../rule.ts';
import { ambiguousName } from './ambiguousName.ts';
import { cycle } from './cycle.ts';
import { duplicateName } from './duplicateName.ts';
import { unknownClass } from './unknownClass.ts';
import { unknownEnvironment, unknownPolicy, unknownRunbook } from './unknownDocument.ts';
import { unknownExpression } from './unknownExpression.ts';
import { unknownAccount, unknownDatabase, unknownSandbox } from './unknownInEnvironment.ts';
import { unknownBackup, unknownResource, unknownStep } from './unknownLocal.ts';
import { unknownRule } from './unknownRule.ts';
import { wrongKind } from './wrongKind.ts';

export const REFERENCE_RULES: readonly Rule[] = [
  unknownResource,
  unknownBackup,
  unknownStep,
  unknownRunbook,
  unknownClass,
  unknownEnvironment,
  unknownPolicy,
  unknownAccount,
  unknownDatabase,
  unknownSandbox,
  unknownExpression,
  unknownRule,
  wrongKind,
  ambiguousName,
  duplicateName,
  cycle,
];
