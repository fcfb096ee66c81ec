/** What the rules are spared while a runbook is edited: the findings are those of a check that keeps nothing. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFile } from '../../../server/src/app/checkWorkspace.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import type { ParsedText } from '../../../server/src/core/document/node.ts';
import { noRules, watch, type KeptRules, type Watch } from '../../../server/src/core/rules/keptRules.ts';
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

  describe('kept by what they looked at', () => {
    const NOTHING = { entries: [], problems: [] };
    const view = (steps: RunbookView['steps'] = []): RunbookView => {
      const known = new Map<string, unknown>();
      const memo = <T>(key: string, compute: () => T): T => {
        if (!known.has(key)) known.set(key, compute());
        return known.get(key) as T;
      };
      return { steps, memo } as RunbookView;
    };
    const context = (over: Partial<RuleContext> = {}): RuleContext =>
      ({ workspace: new WorkspaceIndex(), evidence: NOTHING, now: NOW, ...over }) as RuleContext;
    const ask = (watched: Watch, id: string, rule: () => void): void => {
      if (watched.recall(id)) return;
      watched.listen(id, () => {
        rule();
        return [];
      });
    };
    /** Checks by rules that each look at one thing; which of them ran, check by check. */
    const runs = (
      rules: Readonly<Record<string, (watched: Watch) => unknown>>,
      checks: readonly (readonly [RunbookView, RuleContext])[],
    ): string[] => {
      const kept = noRules();
      return checks.map((each) => {
        const ran: string[] = [];
        const watched = watch(kept, ...each);
        for (const [id, rule] of Object.entries(rules))
          ask(watched, id, () => {
            ran.push(id);
            rule(watched);
          });
        return ran.join(' ');
      });
    };

    it('run again where that is another, if only through what another one computed', () => {
      const steps: RunbookView['steps'] = [];
      const other: RunbookView['steps'] = [];
      const count = (watched: Watch): number => watched.view.memo('number of steps', () => watched.view.steps.length);
      const same = context();
      const ran = runs({ one: count, other: count, name: ({ view: { name } }) => name }, [
        ...([steps, steps, other, steps, steps] as const).map((each) => [view(each), same] as const),
      ]);
      assert.deepEqual(ran, ['one other name', '', 'one other', 'one other', '']);
    });

    it('run again where a document that they may see, the evidence or the owners changed', () => {
      const workspace = new WorkspaceIndex();
      const rules = {
        workspace: ({ context: each }: Watch) => each.workspace,
        evidence: ({ context: each }: Watch) => each.evidence,
        owners: ({ context: each }: Watch) => each.codeOwners,
        past: ({ context: each }: Watch) => each.entry,
      };
      const kept = noRules();
      const ran = (over: Partial<RuleContext> = {}): string => {
        const made: string[] = [];
        const watched = watch(kept, view(), context({ workspace, ...over }));
        for (const [id, rule] of Object.entries(rules))
          ask(watched, id, () => {
            made.push(id);
            rule(watched);
          });
        return made.join(' ');
      };
      assert.equal(ran(), 'workspace evidence owners past');
      assert.equal(ran(), 'past');
      workspace.set('a.yaml', parse('apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: a }\n'));
      assert.equal(ran(), 'workspace past');
      assert.equal(ran({ evidence: { entries: [], problems: ['evidence/tampered'] } }), 'evidence past');
      assert.equal(ran({ codeOwners: '* @a' }), 'evidence owners past');
    });

    it('run again once the time says another thing: at a moment that they told, at midnight, and where the clock went back', () => {
      const hour = 3_600_000;
      const rules = {
        told: ({ context: each }: Watch) => each.changesAt?.(each.now + hour),
        day: ({ context: each }: Watch) => each.now,
        never: ({ view: { name } }: Watch) => name,
      };
      const at = (ms: number) => [view(), context({ now: NOW + ms })] as const;
      assert.deepEqual(runs(rules, [at(0), at(hour - 1), at(hour), at(24 * hour), at(23 * hour)]), [
        ...['told day never', '', 'told', 'told day', 'told day'],
      ]);
    });
  });
});
