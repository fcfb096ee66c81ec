/** `--notify URL`: one small JSON message a run, to a hook that the person named; a hook that fails is told, and changes no result. */
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { UsageError, type CommandContext } from './command.ts';

const TIMEOUT_MS = 10_000;

/** @throws UsageError where it is no http address: found before the run, not after it. */
export function notifyAddress(context: CommandContext): URL | undefined {
  const written = context.values.text('notify');
  if (written === undefined) return undefined;
  if (!URL.canParse(written) || !/^https?:$/.test(new URL(written).protocol)) {
    throw new UsageError('--notify needs an http or https address.');
  }
  return new URL(written);
}

export async function notify(context: CommandContext, address: URL, record: EvidenceRecord): Promise<void> {
  const message = {
    text: `Dry run of ${record.runbook.name}${record.dryRun === undefined ? '' : `#${record.dryRun}`}: ${record.result}. ${record.summary}`,
    runbook: record.runbook.name,
    dryRun: record.dryRun,
    scenario: record.scenario,
    result: record.result,
    level: record.level,
    proves: record.proves,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    evidence: record.id,
  };
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: context.dependencies.secrets.redact(JSON.stringify(message)),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    if (!answer.ok) context.terminal.note(`The hook ${address.host} answered ${answer.status}; the result stands.`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.terminal.note(`The hook ${address.host} could not be told: ${why}. The result stands.`);
  }
}
