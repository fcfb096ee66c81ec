/** What a scalar means: durations, sizes, money, cron expressions and constraints in words. */
import { describeConstraint, parseConstraint } from '../../core/values/constraint.ts';
import { describeCron, isTimeZone, nextRuns, parseCron } from '../../core/values/cron.ts';
import { describeDuration, parseDuration } from '../../core/values/duration.ts';
import { formatMoney, parseMoney } from '../../core/values/money.ts';
import { parseSize } from '../../core/values/size.ts';
import { asText, dig } from '../../core/references/read.ts';
import { words } from '../markdown.ts';

/** Markdown lines about a value; empty where it speaks for itself. `beside` is the map that it stands in. */
export function valueMeaning(text: string, key: string | undefined, beside: unknown, now: number): string[] {
  if (key === 'schedule') return cronMeaning(text, asText(dig(beside, 'timeZone')) ?? 'UTC', now);
  const duration = parseDuration(text);
  if (duration) return [`**${describeDuration(duration.ms)}**`];
  const money = parseMoney(text);
  if (money) return [`**${formatMoney(money)}**`];
  if (/^\d+(?:\.\d+)?\s*[KMGT]i?B$/iu.test(text)) {
    const bytes = parseSize(text);
    if (bytes !== undefined) return [`**${bytes.toLocaleString('en')} bytes**`];
  }
  if (/^(?:[<>]=?|!=|=)/u.test(text)) {
    const constraint = parseConstraint(text);
    if (constraint) return [`**${words(describeConstraint(constraint))}**`];
  }
  return [];
}

/** A schedule in words, and when it runs next. */
function cronMeaning(text: string, timeZone: string, now: number): string[] {
  const cron = parseCron(text);
  if (!cron) return [];
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC';
  const runs = nextRuns(cron, now, 3, zone).map((run) => `- ${inZone(run, zone)}`);
  return [`**${describeCron(cron)}** (${zone})`, ...(runs.length > 0 ? [`Next runs:\n\n${runs.join('\n')}`] : [])];
}

function inZone(time: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    dateStyle: 'medium',
    timeStyle: 'short',
    hourCycle: 'h23',
  });
  return `${format.format(time)} ${timeZone}`;
}
