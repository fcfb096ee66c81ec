/** What the checks of one document return: a finding that does not yet know its file. */
import type { Finding } from '../finding.ts';

export type SchemaProblem = Omit<Finding, 'file' | 'document'>;
