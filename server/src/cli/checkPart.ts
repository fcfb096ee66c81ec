/** Checks some files of a large workspace, on whatever thread: it reads them itself, and what is handed in and out is plain data. */
import { checkFile } from '../app/checkWorkspace.ts';
import { factsOf, standIn, type FileFacts } from '../app/checkParts.ts';
import { parse } from '../core/document/parse.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import { WorkspaceIndex, type Elsewhere } from '../core/workspaceIndex.ts';
import { createSecrets } from '../platform/secrets.ts';
import { readOurs } from '../platform/workspaceFiles.ts';
import { placeAndCount, placeFile, withFingerprint, type Accepted } from './buildReport.ts';
import { rowOf, type FoundRow } from './foundRow.ts';
import { sumOf } from './keptChecks.ts';
import { createPrinter, type Look } from './printedFile.ts';

export interface Text {
  readonly file: string;
  readonly text: string;
}

/** What every file of the workspace is checked with. */
export interface PartSetting {
  readonly root: string;
  readonly now: number;
  readonly evidence: EvidenceSummary;
  readonly codeOwners?: string;
  /** The files that all others depend on: policies and environments. */
  readonly shared: readonly Text[];
  /** Files that were named: they are read whatever they hold. */
  readonly named: readonly string[];
  /** How the findings are to be set as text; left out where they are not. */
  readonly look?: Look;
}

export type PartTask =
  /** Each file on its own; those that name others are only read. One whose text has the sum that is told is left alone. */
  | { readonly kind: 'alone'; readonly files: readonly (readonly [file: string, sum: string])[] }
  /** Files that have to be checked together. */
  | {
      readonly kind: 'together';
      readonly files: readonly string[];
      readonly wanted: readonly string[];
      readonly elsewhere: Elsewhere;
    }
  /** The shared files themselves, beside what stands in for the others. */
  | {
      readonly kind: 'shared';
      readonly files: readonly string[];
      readonly wanted: readonly string[];
      readonly elsewhere: Elsewhere;
      readonly others: readonly (readonly [string, FileFacts])[];
    };

/** A file that was checked, or read where it has to be checked with others. */
export interface CheckedFile {
  readonly file: string;
  /** Of the text. */
  readonly sum: string;
  readonly facts: FileFacts;
  readonly found?: FoundRow;
  /** The findings as text, where that was asked for. */
  readonly printed?: string;
}

export type PartResult =
  | CheckedFile
  /** As it was before, or not ours, or not to be read. */
  | { readonly file: string; readonly state: 'same' | 'other' }
  | { readonly file: string; readonly state: 'failed'; readonly why: string };

export interface PartAnswer {
  readonly results: readonly PartResult[];
  /** When the first of the findings may read differently; left out where the time changes none. */
  readonly changesAt?: number;
}

/** A checker for one workspace. */
export function createPartChecker(setting: PartSetting): (task: PartTask) => PartAnswer {
  // A check reads no secret: what looks like one is all there is to blank.
  const { redact } = createSecrets({ trusted: () => false, folder: '.' });
  const index = new WorkspaceIndex();
  const shared = new Map(setting.shared.map(({ file, text }) => [file, text]));
  const named = new Set(setting.named);
  const print = setting.look === undefined ? undefined : createPrinter(setting.root, setting.look, setting.now, redact);
  for (const [file, text] of shared) index.set(file, parse(text));
  const moments: number[] = [];
  const onChangesAt = (ms: number): void => {
    if (ms > setting.now) moments.push(ms);
  };
  const check = (file: string, text: string): Pick<CheckedFile, 'found' | 'printed'> => {
    const accepted: Accepted[] = [];
    const findings = checkFile(index, file, {
      ...setting,
      onSuppressed: (finding, by) => void accepted.push({ finding, by }),
      onChangesAt,
    });
    const part = { workspace: index, prefix: '', findings };
    const placed = placeAndCount([part], redact);
    const suppressed =
      accepted.length === 0 ? [] : placeFile({ ...part, findings: [], suppressed: accepted }, redact).suppressed;
    const found = rowOf(placed, suppressed);
    if (print === undefined) return { found };
    const ours = placed.map(({ ours: each, identity, nth }) => withFingerprint(each, identity, nth));
    return { found, printed: print(file, ours, text) };
  };
  const takeAlone = (files: readonly (readonly [file: string, sum: string])[]): PartResult[] => {
    const results: PartResult[] = [];
    const texts = new Map<string, { readonly text: string; readonly sum: string }>();
    for (const [file, before] of files) {
      const read = readOurs(setting.root, file, named.has(file));
      if (read.state === 'failed') results.push({ file, state: 'failed', why: read.why });
      else if (read.state === 'other') results.push({ file, state: 'other' });
      else {
        const sum = sumOf(read.text);
        if (sum === before) results.push({ file, state: 'same' });
        else texts.set(file, { text: read.text, sum });
      }
    }
    for (const [file, { text }] of texts) index.set(file, parse(text));
    for (const [file, { text, sum }] of texts) {
      const facts = factsOf(file, index);
      const isAlone = !facts.shared && facts.runbooks.every(({ needs }) => needs.length === 0);
      results.push(isAlone ? { file, sum, facts, ...check(file, text) } : { file, sum, facts });
    }
    for (const file of texts.keys()) index.remove(file);
    return results;
  };
  const takeTogether = (task: Exclude<PartTask, { readonly kind: 'alone' }>): PartResult[] => {
    const texts = new Map(shared);
    const beside = task.files.filter((file) => !shared.has(file));
    for (const file of beside) {
      const read = readOurs(setting.root, file, named.has(file));
      const text = read.state === 'ours' ? read.text : '';
      texts.set(file, text);
      index.set(file, parse(text));
    }
    const others = task.kind === 'shared' ? task.others : [];
    for (const [file, facts] of others) index.set(file, standIn(facts));
    const results = task.wanted.map((file): PartResult => {
      const text = texts.get(file) ?? '';
      return { file, sum: sumOf(text), facts: factsOf(file, index), ...check(file, text) };
    });
    for (const file of beside) index.remove(file);
    for (const [file] of others) index.remove(file);
    return results;
  };
  return (task) => {
    moments.length = 0;
    index.elsewhere = task.kind === 'alone' ? { names: [], incomplete: [] } : task.elsewhere;
    const results = task.kind === 'alone' ? takeAlone(task.files) : takeTogether(task);
    return { results, ...(moments.length === 0 ? {} : { changesAt: Math.min(...moments) }) };
  };
}
