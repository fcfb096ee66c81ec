/** `--notify URL`: one small signed JSON message for each run that did not pass and each layer that is overdue, to a hook that the person named. */
import { createHash, createHmac } from 'node:crypto';
import type { LayerStatus } from '../core/recovery/cadence.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { redactDeep } from '../platform/cache.ts';
import { UsageError, type CommandContext } from './command.ts';

const TIMEOUT_MS = 10_000;
/** Waits between the tries; there is one try more. */
const RETRY_AFTER_MS = [500, 2000, 5000];

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
  if (!context.dependencies.trusted) {
    context.terminal.note(`${address.hostname} is not told: nothing is sent from an untrusted workspace.`);
    return undefined;
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
  const { openSigner } = await import('./evidenceSigner.ts');
  const sign = await openSigner(context);
  if (!sign) return {};
  const signed = await sign(createHash('sha256').update(body).digest('hex'));
  return { 'x-drillbook-signature': `ed25519=${signed.value}`, 'x-drillbook-key': signed.publicKey };
}

/** What the hook is told: a run that did not pass, or a layer of verification that is overdue. */
export type Notice = Readonly<Record<string, unknown>> & {
  readonly event: 'failed' | 'inconclusive' | 'overdue';
  /** One sentence for people. */
  readonly text: string;
  readonly runbook: string;
};

/** Undefined where there is nothing to tell: it passed, or a person cancelled it. */
export function noticeOfRun(record: EvidenceRecord): Notice | undefined {
  const { result, scenario } = record;
  if (result === 'passed' || result === 'cancelled') return undefined;
  return {
    event: result,
    text: `Dry run of ${record.runbook.name}${record.dryRun === undefined ? '' : `#${record.dryRun}`}${scenario === undefined ? '' : ` in the scenario ${scenario}`}: ${result}. ${record.summary}`,
    runbook: record.runbook.name,
    dryRun: record.dryRun,
    scenario,
    result,
    level: record.level,
    proves: record.proves,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    evidence: record.id,
  };
}

export function noticeOfOverdue(runbook: string, layer: LayerStatus): Notice {
  const what = layer.dryRun === undefined ? layer.layer : `${layer.layer} of ${layer.dryRun}`;
  const last = layer.last === undefined ? 'there never was one' : `the last was ${layer.last.finishedAt}`;
  return {
    event: 'overdue',
    text: `Verification of ${runbook} is overdue: ${what}, every ${layer.every}; ${last}.`,
    runbook,
    dryRun: layer.dryRun,
    layer: layer.layer,
    every: layer.every,
    last: layer.last?.finishedAt,
    dueAt: layer.dueAt === undefined ? undefined : new Date(layer.dueAt).toISOString(),
  };
}

/** Posts a notice, again where the hook could not take it. A hook that fails is told of, and changes no result. */
export async function notify(context: CommandContext, address: URL, notice: Notice): Promise<void> {
  const { clock, secrets } = context.dependencies;
  const body = JSON.stringify(redactDeep(notice, secrets.redact));
  // Unsigned it is told all the same: a receiver that asks for signatures shows what came without one.
  const signature = await signatureOf(context, body).catch((error: unknown) => {
    context.terminal.note(`The message is not signed: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  });
  for (let attempt = 0; ; attempt++) {
    const refused = await post(address, body, signature);
    if (refused === undefined) return;
    const wait = RETRY_AFTER_MS[attempt];
    if (!refused.mayPass || wait === undefined || context.signal.aborted) {
      context.terminal.note(`The hook ${address.host} ${refused.why}; the result stands.`);
      return;
    }
    await new Promise<void>((resolve) => clock.after(wait, resolve));
  }
}

/** Why the hook did not take it, and whether it may another time; undefined: it took it. */
async function post(
  address: URL,
  body: string,
  signature: Readonly<Record<string, string>>,
): Promise<{ readonly why: string; readonly mayPass: boolean } | undefined> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'drillbook',
        ...signature,
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    await answer.body?.cancel();
    if (answer.ok) return undefined;
    return {
      why: `answered ${answer.status}`,
      mayPass: answer.status >= 500 || [408, 425, 429].includes(answer.status),
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { why: `could not be told (${cause instanceof Error ? cause.message : String(cause)})`, mayPass: true };
  }
}
