/** A baseline: findings that a team accepts when it adopts Drillbook, each with an end date and a reason. */
import * as path from 'node:path';
import { Failure, type CommandContext } from './command.ts';
import type { ReportFinding, SuppressedFinding } from './format/report.ts';
import { isUnchecked } from './status.ts';

const DAYS = 90;
const DAY_MS = 86_400_000;

interface Accepted {
  readonly fingerprint: string;
  readonly code: string;
  readonly file: string;
  /** ISO date; the finding comes back on the day after. */
  readonly until: string;
  readonly reason: string;
}

export interface Applied {
  readonly findings: readonly ReportFinding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** Entries that accept nothing any more. */
  readonly stale: number;
  readonly expired: number;
}

/** Takes out what the file accepts today. What could not be checked is never accepted. */
export async function applyBaseline(
  context: CommandContext,
  written: string,
  findings: readonly ReportFinding[],
): Promise<Applied> {
  const accepted = await readBaseline(context, written);
  const today = new Date(context.dependencies.clock.now()).toISOString().slice(0, 10);
  const byFingerprint = new Map(accepted.map((each) => [each.fingerprint, each]));
  const used = new Set<string>();
  let expired = 0;
  const kept: ReportFinding[] = [];
  const suppressed: SuppressedFinding[] = [];
  for (const finding of findings) {
    const entry = isUnchecked(finding.code) ? undefined : byFingerprint.get(finding.fingerprint);
    if (entry !== undefined) used.add(entry.fingerprint);
    if (entry === undefined || entry.until < today) {
      if (entry !== undefined) expired += 1;
      kept.push(
        entry === undefined
          ? finding
          : { ...finding, message: `${finding.message} (accepted until ${entry.until}, which is past.)` },
      );
    } else {
      suppressed.push({ ...finding, suppressedBy: 'baseline', reason: entry.reason, until: entry.until });
    }
  }
  return { findings: kept, suppressed, stale: accepted.length - used.size, expired };
}

async function readBaseline(context: CommandContext, written: string): Promise<readonly Accepted[]> {
  const file = path.resolve(context.cwd, written);
  let value: unknown;
  try {
    value = JSON.parse(await context.dependencies.files.readText(file));
  } catch (error) {
    throw new Failure(
      `the baseline ${written} can't be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const list: unknown = typeof value === 'object' && value !== null && 'findings' in value ? value.findings : undefined;
  if (!Array.isArray(list))
    throw new Failure(`the baseline ${written} has no list "findings"; write one with --write-baseline.`);
  return list.map((each: unknown, index): Accepted => {
    if (!isAccepted(each)) {
      throw new Failure(
        `entry ${index + 1} of the baseline ${written} needs fingerprint, code, file, until (YYYY-MM-DD) and reason.`,
      );
    }
    return each;
  });
}

function isAccepted(value: unknown): value is Accepted {
  if (typeof value !== 'object' || value === null) return false;
  const fields = Object.fromEntries(Object.entries(value));
  return (
    ['fingerprint', 'code', 'file', 'until', 'reason'].every((key) => typeof fields[key] === 'string') &&
    fields['reason'] !== '' &&
    /^\d{4}-\d{2}-\d{2}$/.test(String(fields['until']))
  );
}

/** Accepts what is found today for 90 days; the reason is for the team to write. */
export async function writeBaseline(
  context: CommandContext,
  written: string,
  findings: readonly ReportFinding[],
): Promise<number> {
  const until = new Date(context.dependencies.clock.now() + DAYS * DAY_MS).toISOString().slice(0, 10);
  const accepted = findings
    .filter((finding) => !isUnchecked(finding.code))
    .map((finding): Accepted & { message: string } => ({
      fingerprint: finding.fingerprint,
      code: finding.code,
      file: finding.file,
      message: finding.message,
      until,
      reason: 'found when Drillbook was adopted',
    }));
  const text = JSON.stringify({ version: 1, findings: accepted }, undefined, 2);
  await context.dependencies.files.writeAtomic(path.resolve(context.cwd, written), `${text}\n`);
  return accepted.length;
}
