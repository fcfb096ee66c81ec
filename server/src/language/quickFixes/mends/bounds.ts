/** Mends of values that a policy or an objective bounds: the value that holds it, in place of the one that does not. */
import { policyOf } from '../../../core/references/policy.ts';
import { asText, dig } from '../../../core/references/read.ts';
import { largestGapMs, parseCron } from '../../../core/values/cron.ts';
import { formatDuration, parseDuration } from '../../../core/values/duration.ts';
import { nodeAt } from '../../../core/document/navigate.ts';
import { insertKey } from '../insert.ts';
import { replaced, setKey, type Mender } from './mend.ts';

/** The bound itself, as a constraint. */
export const atMost: Mender = (_context, entry, finding) => {
  const bound = asText(finding.expected);
  if (bound === undefined) return [];
  return [{ title: `Change it to "<=${bound}"`, edits: [replaced(entry, finding.path, `"<=${bound}"`)] }];
};

/** The lag of a replica: what stands there changed, else written where the finding marks what it belongs to. */
export const replicaLag: Mender = (context, entry, finding) => {
  const bound = asText(finding.expected)?.replace(/^<=/u, '');
  if (bound === undefined || nodeAt(entry.document, ['lag'])) return atMost(context, entry, finding);
  return [{ title: `Add lag: "<=${bound}"`, edits: [insertKey(entry, [], 'lag', `"<=${bound}"`)] }];
};

/** The bound itself, as a value. */
export const theBound: Mender = (_context, entry, finding) => {
  const bound = asText(finding.expected);
  return bound === undefined ? [] : [{ title: `Change it to ${bound}`, edits: [replaced(entry, finding.path, bound)] }];
};

/** As long as the class asks, else as long as the interval. */
export const longerRetention: Mender = (context, entry, finding) => {
  const least = (asText(finding.expected) ?? '').replace(/^>=/u, '');
  const asked = asText(dig(policyOf(entry, context.workspace)?.class, 'backups', 'retention'));
  const ms = (text: string | undefined): number => parseDuration(text ?? '')?.ms ?? 0;
  const kept = ms(asked) > ms(least) ? asked : least;
  return kept === undefined || ms(kept) === 0
    ? []
    : [{ title: `Keep it ${kept}`, edits: [replaced(entry, finding.path, kept)] }];
};

const SCHEDULES = [
  '0 */12 * * *',
  '0 */6 * * *',
  '0 */4 * * *',
  '0 */2 * * *',
  '0 * * * *',
  '*/30 * * * *',
  '*/15 * * * *',
  '*/5 * * * *',
];

/** The most seldom schedule that loses no more than the RPO. */
export const oftenEnough: Mender = (_context, entry, finding) => {
  const rpo = parseDuration(asText(finding.expected) ?? '')?.ms;
  const takes =
    parseDuration(asText(dig(entry.document.value, 'backups', String(finding.path[1]), 'takes')) ?? '')?.ms ?? 0;
  if (finding.path.at(-1) !== 'schedule' || rpo === undefined) return [];
  for (const schedule of SCHEDULES) {
    const cron = parseCron(schedule);
    const gap = cron ? largestGapMs(cron) : undefined;
    if (gap === undefined || gap + takes > rpo) continue;
    return [{ title: `Run it every ${formatDuration(gap)}`, edits: [replaced(entry, finding.path, `"${schedule}"`)] }];
  }
  return [];
};

export const sayImmutable: Mender = (_context, entry, finding) => {
  const backup = finding.path.slice(0, 2);
  // Where nothing is said of it yet, the rule brings the key along.
  return finding.fixes !== undefined || backup.length < 2 || backup[0] !== 'backups'
    ? []
    : [{ title: 'Say that it is immutable', edits: [setKey(entry, backup, 'immutable', 'true')] }];
};

export const expectEncryption: Mender = (_context, entry, finding) =>
  finding.path.at(-1) === 'encryption'
    ? [{ title: 'Expect aws:kms', edits: [replaced(entry, finding.path, 'aws:kms')] }]
    : [];

/** Reviewed today, by whoever takes this mend. */
export const reviewedToday: Mender = (context, entry) => {
  const today = new Date(context.now).toISOString().slice(0, 10);
  if (!nodeAt(entry.document, ['metadata'])) return [];
  return [
    { title: `I have read it with care today: ${today}`, edits: [setKey(entry, ['metadata'], 'reviewedOn', today)] },
  ];
};

/** Every class of the policy, for a runbook that names none. */
export const chooseClass: Mender = (_context, entry, finding) => {
  const classes = finding.data?.['classes'];
  return (Array.isArray(classes) ? classes : []).flatMap((each) => {
    const name = asText(each);
    return name === undefined
      ? []
      : [{ title: `Set dataClass to ${name}`, edits: [insertKey(entry, [], 'dataClass', name)] }];
  });
};
