/** What the rules are spared while a runbook is edited: the findings are those of a check that keeps nothing. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFile } from '../../../server/src/app/checkWorkspace.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import type { ParsedText } from '../../../server/src/core/document/node.ts';
import type { KeptRules } from '../../../server/src/core/rules/keptRules.ts';
import { watch } from '../../../server/src/core/rules/keptRules.ts';
import type { RuleContext } from '../../../server/src/core/rules/rule.ts';
import type { RunbookView } from '../../../server/src/core/rules/runbookView.ts';
import { WorkspaceIndex } from '../../../server/src/core/workspaceIndex.ts';

const NOW = Date.parse('2026-10-05T00:00:00Z');
const EVIDENCE = { entries: [], problems: [] };
const FOLDER = join(import.meta.dirname, '../../../examples');
const EDITS = 40;

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('rules while a runbook is edited', () => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml') && !file.includes('node_modules'))
    .sort();
  const texts = new Map(files.map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')]));

  /** A workspace whose files are edited one by one, and what is kept of them. */
  function workspace(): { check: () => void; edit: (file: string, text: string) => void } {
    const index = new WorkspaceIndex();
    const parses = new Map<string, ParsedText>();
    const kept = new Map<string, Map<number, KeptRules>>();
    const edit = (file: string, text: string): void => {
      const parsed = parse(text, parses.get(file));
      parses.set(file, parsed);
      index.set(file, parsed);
    };
    for (const [file, text] of texts) edit(file, text);
    const check = (): void => {
      for (const file of files) {
        let own = kept.get(file);
        if (!own) kept.set(file, (own = new Map<number, KeptRules>()));
        const options = { now: NOW, evidence: EVIDENCE };
        assert.deepEqual(checkFile(index, file, { ...options, kept: own }), checkFile(index, file, options), file);
      }
    };
    return { check, edit };
  }

  for (const file of files) {
    it(`say of ${file} and all around it what they say anew`, () => {
      const { check, edit } = workspace();
      check();
      const next = numbers(file.length * 7919);
      let lines = (texts.get(file) ?? '').split('\n');
      for (let count = 0; count < EDITS; count++) {
        const at = next(lines.length);
        const line = lines[at] ?? '';
        const column = next(line.length + 1);
        const made = [
          [],
          [line, line],
          [`${line.slice(0, column)}x${line.slice(column)}`],
          [line.slice(0, column) + line.slice(column + 1)],
          [line.replace(/\d+/u, (number) => String(Number(number) + 1))],
          ['# a word', line],
        ][next(6)];
        // From time to time the text is as it was: most of what is kept comes back.
        lines = count % 9 === 8 ? (texts.get(file) ?? '').split('\n') : lines.toSpliced(at, 1, ...(made ?? []));
        edit(file, lines.join('\n'));
        check();
      }
    }).timeout(60_000);
  }

  it('run again where what they looked at, if only through what another one computed, is not the same', () => {
    const view = (steps: RunbookView['steps']): RunbookView => {
      const known = new Map<string, unknown>();
      const memo = <T>(key: string, compute: () => T): T => {
        if (!known.has(key)) known.set(key, compute());
        return known.get(key) as T;
      };
      return { steps, memo } as RunbookView;
    };
    const kept: KeptRules = { view: undefined, said: new Map() };
    const ran: string[] = [];
    const round = (of: RunbookView, name: string): void => {
      const watched = watch(of, {} as RuleContext);
      for (const rule of ['one', 'other']) {
        watched.recall(kept, rule, () => {
          ran.push(`${name} ${rule}`);
          watched.view.memo('number of steps', () => watched.view.steps.length);
          return [];
        });
      }
      watched.recall(kept, 'time', () => {
        ran.push(`${name} time`);
        return watched.context.now > 0 ? [] : [];
      });
    };
    const steps: RunbookView['steps'] = [];
    round(view(steps), 'first');
    round(view(steps), 'same');
    round(view([]), 'new');
    assert.deepEqual(ran, [
      ...['first one', 'first other', 'first time'],
      ...['same time'],
      ...['new one', 'new other', 'new time'],
    ]);
  });
});
