/** Checks some files of a large workspace, on whatever thread: what is handed in and out is plain data. */
import { checkFile } from '../app/checkWorkspace.ts';
import { factsOf, standIn, type FileFacts } from '../app/checkParts.ts';
import { parse } from '../core/document/parse.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import { WorkspaceIndex, type Elsewhere } from '../core/workspaceIndex.ts';
import { createSecrets } from '../platform/secrets.ts';
import { placeFile } from './buildReport.ts';
import type { ReportFinding, SuppressedFinding } from './format/report.ts';

export interface Text {
  readonly file: string;
  readonly text: string;
}

/** What every file of the workspace is checked with. */
export interface PartSetting {
  readonly now: number;
  readonly evidence: EvidenceSummary;
  readonly codeOwners?: string;
  /** The files that all others depend on: policies and environments. */
  readonly shared: readonly Text[];
}

/** What was found in one file, placed and redacted. */
export interface FileFound {
  readonly findings: readonly ReportFinding[];
  readonly suppressed: readonly SuppressedFinding[];
}

export type PartTask =
  /** Each file on its own; those that name others are only read. */
  | { readonly kind: 'alone'; readonly texts: readonly Text[] }
  /** Files that have to be checked together. */
  | {
      readonly kind: 'together';
      readonly texts: readonly Text[];
      readonly wanted: readonly string[];
      readonly elsewhere: Elsewhere;
    }
  /** The shared files themselves, beside what stands in for the others. */
  | {
      readonly kind: 'shared';
      readonly texts: readonly Text[];
      readonly wanted: readonly string[];
      readonly elsewhere: Elsewhere;
      readonly others: readonly (readonly [string, FileFacts])[];
    };

export interface PartResult {
  readonly file: string;
  readonly facts: FileFacts;
  /** Left out where the file has to be checked with others. */
  readonly found?: FileFound;
}

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
  const shared = new Set(setting.shared.map(({ file }) => file));
  for (const { file, text } of setting.shared) index.set(file, parse(text));
  return (task) => {
    const texts = task.texts.filter(({ file }) => !shared.has(file));
    for (const { file, text } of texts) index.set(file, parse(text));
    const others = task.kind === 'shared' ? task.others : [];
    for (const [file, facts] of others) index.set(file, standIn(facts));
    index.elsewhere = task.kind === 'alone' ? { names: [], incomplete: [] } : task.elsewhere;
    let changesAt: number | undefined;
    const check = (file: string): FileFound => {
      const suppressed: Parameters<typeof placeFile>[0]['suppressed'][number][] = [];
      const findings = checkFile(index, file, {
        ...setting,
        onSuppressed: (finding, by) => void suppressed.push({ finding, by }),
        onChangesAt: (ms) => {
          if (ms > setting.now && (changesAt === undefined || ms < changesAt)) changesAt = ms;
        },
      });
      return placeFile({ workspace: index, prefix: '', findings, suppressed }, redact);
    };
    const wanted = task.kind === 'alone' ? texts.map(({ file }) => file) : task.wanted;
    const results = wanted.map((file): PartResult => {
      const facts = factsOf(file, index);
      const isAlone =
        task.kind !== 'alone' || (!facts.shared && facts.runbooks.every(({ needs }) => needs.length === 0));
      return isAlone ? { file, facts, found: check(file) } : { file, facts };
    });
    for (const { file } of texts) index.remove(file);
    for (const [file] of others) index.remove(file);
    return { results, ...(changesAt === undefined ? {} : { changesAt }) };
  };
}
