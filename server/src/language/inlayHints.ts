/** Inlay hints: the live value beside an expected one, a schedule in words, the sum of the steps' timeouts against the RTO. */
import { InlayHintKind, type InlayHint } from 'vscode-languageserver-types';
import { pairAt, positionAt, resolved } from '../core/document/navigate.ts';
import type { Path, Span } from '../core/document/node.ts';
import { asMap, asText, dig } from '../core/references/read.ts';
import { describeCron, parseCron } from '../core/values/cron.ts';
import { formatDuration, parseDuration } from '../core/values/duration.ts';
import type { Entry } from '../core/workspace.ts';
import type { LanguageContext } from './context.ts';
import { flowYaml } from './markdown.ts';
import { objectivesOf } from './objectives.ts';
import { agoOf } from './words.ts';

/** The hints whose place lies in `within`. */
export function inlayHints(context: LanguageContext, within: Span): InlayHint[] {
  return context.entries
    .filter(
      (entry) => entry.kind === 'Runbook' && entry.document.start <= within.end && entry.document.end >= within.start,
    )
    .flatMap((entry) => [...liveHints(context, entry), ...cronHints(context, entry), ...timeoutHints(context, entry)])
    .filter(({ at }) => at >= within.start && at <= within.end)
    .map(({ at, label, tooltip }) => ({
      position: positionAt(context.parsed, at),
      label,
      kind: InlayHintKind.Type,
      paddingLeft: true,
      tooltip,
    }));
}

interface Hint {
  readonly at: number;
  readonly label: string;
  readonly tooltip: string;
}

/** A hint behind the value at `path`; none where no scalar of this document stands there. */
function behind(entry: Entry, path: Path, label: string, tooltip: string): Hint[] {
  const node = pairAt(entry.document, path)?.value;
  return node?.kind === 'scalar' ? [{ at: node.end, label, tooltip }] : [];
}

function liveHints(context: LanguageContext, entry: Entry): Hint[] {
  return context.live
    .resourcesOf(context.file)
    .filter((each) => each.document === entry.document.index && each.path.length > 0)
    .flatMap(({ path, observation }) => {
      if (observation.state !== 'found') return [];
      const seen = `seen ${agoOf(observation.at, context.now)} (${observation.source})`;
      return Object.entries(observation.facts).flatMap(([name, fact]) =>
        'value' in fact ? besideExpected(entry, [...path, 'expect', name], fact.value, `The live value, ${seen}.`) : [],
      );
    });
}

/** Live values beside the expected ones that they differ from: each beside its own in a map, one beside a whole map that is none. */
function besideExpected(entry: Entry, path: Path, live: unknown, tooltip: string): Hint[] {
  const pair = pairAt(entry.document, path);
  const declared = resolved(pair?.value);
  if (declared?.kind === 'map' && typeof live === 'object' && live !== null && !Array.isArray(live)) {
    return Object.entries(live).flatMap(([key, each]) => besideExpected(entry, [...path, key], each, tooltip));
  }
  const label = `live: ${flowYaml(live)}`;
  if (declared?.kind === 'map' && pair?.value === declared) {
    return [{ at: declared.flow ? declared.end : pair.key.end + 1, label, tooltip }];
  }
  if (declared?.kind !== 'scalar' || String(declared.value) === String(live)) return [];
  return behind(entry, path, label, tooltip);
}

function cronHints(_context: LanguageContext, entry: Entry): Hint[] {
  return Object.keys(asMap(dig(entry.document.value, 'backups'))).flatMap((backup) => {
    const text = asText(dig(entry.document.value, 'backups', backup, 'schedule'));
    const cron = text === undefined ? undefined : parseCron(text);
    if (!cron) return [];
    const zone = asText(dig(entry.document.value, 'backups', backup, 'timeZone')) ?? 'UTC';
    return behind(entry, ['backups', backup, 'schedule'], describeCron(cron), `${describeCron(cron)}, ${zone}`);
  });
}

function timeoutHints(context: LanguageContext, entry: Entry): Hint[] {
  const steps = dig(entry.document.value, 'restore', 'steps');
  if (!Array.isArray(steps) || steps.length === 0) return [];
  const times = steps.map((step) => asText(dig(step, 'timeout')) ?? asText(dig(step, 'effort')));
  const known = times.flatMap((time) => (time === undefined ? [] : (parseDuration(time)?.ms ?? [])));
  if (known.length === 0) return [];
  const total = known.reduce((sum, ms) => sum + ms, 0);
  const untimed = steps.length - known.length;
  const { rtoMs } = objectivesOf(entry, context.workspace);
  const more = untimed > 0 ? `, ${untimed} untimed` : '';
  const label =
    rtoMs === undefined
      ? `at most ${formatDuration(total)}${more}`
      : `at most ${formatDuration(total)} of ${formatDuration(rtoMs)} RTO${more}`;
  const key = pairAt(entry.document, ['restore', 'steps'])?.key;
  const tooltip = 'The sum of the steps’ timeouts, and of the effort of manual ones, one after the other.';
  return key ? [{ at: key.end + 1, label, tooltip }] : [];
}
