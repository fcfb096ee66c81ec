/** `--notify URL`: one small JSON message a run, to a hook that the person named; a hook that fails is told, and changes no result. */
import { createHash, createHmac } from 'node:crypto';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { UsageError, type CommandContext } from './command.ts';

const TIMEOUT_MS = 10_000;

/** @throws UsageError where it is no http address: found before the run, not after it. */
export async function notifyAddress(context: CommandContext): Promise<URL | undefined> {
  const written = context.values.text('notify');
  if (written === undefined) return undefined;
  if (!URL.canParse(written) || !/^https?:$/.test(new URL(written).protocol)) {
    throw new UsageError('--notify needs an http or https address.');
  }
  const address = new URL(written);
  const hosts = await context.dependencies.approvedHosts(context.values.list('allow-host'));
  if (!hosts.isApproved(address.hostname.replace(/^\[|\]$/gu, ''))) {
    throw new UsageError(
      `--notify: the host ${address.hostname} is not approved; approve it with --allow-host ${address.hostname}.`,
    );
  }
  return address;
}

/** Shows the receiver that the message is ours: HMAC-SHA256 with a shared secret, else ed25519 over the body's SHA-256, with the evidence's key. */
async function signatureOf(context: CommandContext, body: string): Promise<Readonly<Record<string, string>>> {
  const { machine, secrets } = context.dependencies;
  if (machine.variable('DRILLBOOK_NOTIFY_SECRET') !== undefined) {
    const secret = await secrets.read({ env: 'DRILLBOOK_NOTIFY_SECRET' });
    if (secret !== undefined)
      return { 'x-drillbook-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
  }
  const file = machine.variable('DRILLBOOK_SIGNING_KEY_FILE');
  const key = file === undefined ? undefined : await secrets.read({ file });
  if (key === undefined) return {};
  const { signHash } = await import('../evidence/sign.ts');
  const signed = signHash(createHash('sha256').update(body).digest('hex'), key);
  return { 'x-drillbook-signature': `ed25519=${signed.value}`, 'x-drillbook-key': signed.publicKey };
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
    const body = context.dependencies.secrets.redact(JSON.stringify(message));
    const answer = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'drillbook',
        ...(await signatureOf(context, body)),
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    if (!answer.ok) context.terminal.note(`The hook ${address.host} answered ${answer.status}; the result stands.`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.terminal.note(`The hook ${address.host} could not be told: ${why}. The result stands.`);
  }
}
