/** A dry run's events for people: a line a stage as it ends, and one live line with a bar on a terminal. */
import type { DryRunEvent } from '../protocol.ts';
import type { Terminal } from './command.ts';
import { sign } from './evidenceShow.ts';
import { paint, spokenDuration } from './style.ts';

const BAR = 24;

export function showProgress(terminal: Terminal): (event: DryRunEvent) => void {
  const style = paint(terminal.noteColor);
  const started = new Map<string, number>();
  return (event) => {
    switch (event.event) {
      case 'stage':
        if (event.state === 'started') {
          started.set(event.stage, Date.parse(event.at));
          terminal.transient(`  … ${event.stage}`);
        } else {
          const from = started.get(event.stage);
          const took = from === undefined ? '' : spokenDuration(Math.max(0, Date.parse(event.at) - from));
          const message = event.message === undefined ? '' : `  ${event.message}`;
          terminal.note(
            `  ${sign(style, event.state)} ${event.stage.padEnd(13)} ${style.dim(took.padStart(8))}${message}`.trimEnd(),
          );
        }
        break;
      case 'progress':
        terminal.transient(`  … ${event.stage.padEnd(13)} ${bar(event.done, event.total)}`);
        break;
      case 'check':
        terminal.note(
          `      ${sign(style, event.state)} ${event.name}${event.message === undefined ? '' : style.dim(`  ${event.message}`)}`,
        );
        break;
      case 'output':
      case 'result':
        break;
    }
  };
}

function bar(done: number, total: number | undefined): string {
  if (total === undefined || total <= 0) return done > 10_000 ? `${(done / 1024 / 1024).toFixed(1)} MiB` : String(done);
  const part = Math.min(1, done / total);
  const full = Math.round(part * BAR);
  return `▕${'█'.repeat(full)}${'░'.repeat(BAR - full)}▏ ${Math.floor(part * 100)} %`;
}
