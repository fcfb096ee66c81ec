/** The evidence rules: what past runs say of a runbook, or fail to. Adding one is a file, a row here, a fixture and a page. */
import type { Rule } from '../rule.ts';
import { dueSoon } from './dueSoon.ts';
import { failed } from './failed.ts';
import { needsVerify } from './needsVerify.ts';
import { overdue } from './overdue.ts';
import { tampered } from './tampered.ts';

export const EVIDENCE_RULES: readonly Rule[] = [overdue, dueSoon, needsVerify, failed, tampered];
