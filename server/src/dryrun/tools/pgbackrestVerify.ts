/** Verifies a repository of pgbackrest: what `verify` says of it, of the one backup, and whether the log that this needs is there. */
import type { FoundBackup, RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { asText } from '../../core/references/read.ts';
import type { EnginePorts } from '../ports.ts';
import { segmentsBetween } from '../postgres/segments.ts';
import { lastWords, runTool } from '../tool.ts';
import type { Handle } from './pgbackrestInfo.ts';

/** Rejects with `failed` where the repository is damaged or the backup could not be restored from it. */
export async function verifyRepository(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  parallel: readonly string[],
): Promise<void> {
  const handle = found.handle as Handle;
  // It exits 0 on corruption: what it says is what counts.
  const result = await runTool(
    ports,
    run,
    handle.program,
    [...quiet(handle), ...parallel, '--log-level-console=off', 'verify', '--output=text', '--verbose'],
    { stage: 'fetch+verify', quiet: true, asSelf: true },
  );
  const text = result.stdout + result.stderr;
  if (/ERROR: \[0(?:3[0-9]|27)\]/u.test(text))
    throw new StageFault('inconclusive', `pgbackrest could not be asked to verify: ${lastWords(result, 1)}`, {
      output: text,
    });
  if (
    result.code !== 0 ||
    /status:\s*error|checksum invalid:\s*[1-9]|missing:\s*[1-9]|size invalid:\s*[1-9]/iu.test(text)
  )
    throw new StageFault(
      'failed',
      `pgbackrest found the repository damaged: ${damageIn(result.stdout) ?? lastWords(result)}.`,
      {
        output: text,
      },
    );
  // A backup without its manifest is none to it, and no error of the repository.
  const statuses = [...text.matchAll(/^\s*backup: (\S+), status: ([^,\n]+)/gmu)];
  const own = statuses.find(([, label]) => label === handle.label)?.[2];
  if (statuses.length > 0 && own !== 'valid')
    throw new StageFault(
      'failed',
      `pgbackrest can't restore ${handle.label}: its verify says "${own ?? 'nothing of it'}".`,
      { output: text },
    );
  await refuseMissingLog(ports, run, found);
}

/** `verify` counts what log there is; a backup is only consistent with all that was written while it was made. */
async function refuseMissingLog(ports: EnginePorts, run: RunContext, found: FoundBackup): Promise<void> {
  const handle = found.handle as Handle;
  const { start, stop } = handle;
  if (start === undefined) return;
  const folder = `archive/${asText(found.plan.settings['stanza']) ?? ''}`;
  const listed = await runTool(
    ports,
    run,
    handle.program,
    [...quiet(handle), '--log-level-console=warn', 'repo-ls', '--recurse', folder],
    { stage: 'fetch+verify', quiet: true, asSelf: true, keepBytes: 256 * 1024 * 1024 },
  );
  // A version that can't list says nothing of the log; a restore will.
  if (listed.code !== 0) return;
  const kept = new Set([...listed.stdout.matchAll(/(?:^|\/)([\dA-F]{24})-/gmu)].map(([, segment]) => segment));
  const last = stop ?? start;
  // Between two of one log file they count on whatever their size; where it ends depends on that.
  const needed = start.slice(0, 16) === last.slice(0, 16) ? segmentsBetween(start, last) : [start, last];
  const missing = needed.filter((segment) => !kept.has(segment));
  if (missing.length > 0)
    throw new StageFault(
      'failed',
      `The write-ahead log segment ${missing[0] ?? ''}, which ${handle.label} needs to become consistent, is not in the archive.`,
    );
}

/** Without what `verify` and `repo-ls` do not take, and with their own level of the console's log. */
function quiet(handle: Handle): readonly string[] {
  return handle.base.filter((each) => each !== '--log-level-console=warn' && !each.startsWith('--lock-path'));
}

/** Of what `verify` tells of each archive and backup, that which is not as it should be. */
function damageIn(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const told = lines.flatMap((line, index) => {
    const counts = /[1-9]/u.test((lines[index + 1] ?? '').replace(/other: \d+/u, '')) ? (lines[index + 1] ?? '') : '';
    const [, what = '', status] = /^((?:backup|archiveId): [^,]+)(?:, status: ([^,]+))?/u.exec(line) ?? [];
    if (what === '' || ((status === undefined || status === 'valid') && !/^missing: .*[1-9]/u.test(counts))) return [];
    const wrong = (counts.startsWith('missing:') ? counts.split(', ') : []).filter((each) => !/: 0$/u.test(each));
    return [[what, status === 'valid' ? undefined : status, ...wrong].filter((each) => each !== undefined).join(', ')];
  });
  return told.length === 0 ? undefined : told.join('; ').slice(0, 600);
}
