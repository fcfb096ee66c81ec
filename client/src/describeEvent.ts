/** One event of a dry run in words, for the output channel and the Test Explorer. */
import type { DryRunEvent } from '../../server/src/protocol.ts';

const MARKS = { started: '▶', passed: '✓', failed: '✗', skipped: '–', inconclusive: '?' } as const;

/** Time of day of an event, as people read a log. */
function clock(at: string): string {
  return /T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at;
}

/** One event as lines of text; progress is left to the notification. */
export function describeEvent(event: DryRunEvent): string | undefined {
  const message = 'message' in event ? `: ${event.message}` : '';
  switch (event.event) {
    case 'stage':
      return `${clock(event.at)} ${MARKS[event.state]} ${event.stage} ${event.state}${message}`;
    case 'check':
      return `${clock(event.at)}   ${MARKS[event.state]} check ‘${event.name}’ ${event.state}${message}`;
    case 'output':
      return event.text
        .replace(/\s+$/, '')
        .split('\n')
        .map((line) => `           │ ${line}`)
        .join('\n');
    case 'result':
      return `${clock(event.at)} ${event.result.toUpperCase()}`;
    case 'progress':
      return undefined;
  }
}
