/** Why a stage of a dry run did not pass, and whose fault it was. */

export type FaultKind = 'failed' | 'inconclusive';

/** Why a stage did not pass. `sandbox` faults say nothing about the backup: inconclusive, and tried once more. */
export class StageFault extends Error {
  readonly kind: FaultKind;
  readonly sandbox: boolean;
  readonly output: string | undefined;
  readonly code: string | undefined;
  constructor(kind: FaultKind, message: string, more: { sandbox?: boolean; output?: string; code?: string } = {}) {
    super(message);
    this.name = 'StageFault';
    this.kind = kind;
    this.sandbox = more.sandbox ?? false;
    this.output = more.output;
    this.code = more.code;
  }
}
