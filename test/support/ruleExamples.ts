/** The examples of a page under docs/rules: fragments that change a workspace in which nothing is wrong. */
import { readFile } from 'node:fs/promises';
import { isMap, parseAllDocuments, parseDocument } from 'yaml';
import { parse } from '../../server/src/core/document/parse.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import type { EvidenceEntry, Rule } from '../../server/src/core/rules/rule.ts';
import { buildWorkspace } from '../../server/src/core/workspaceIndex.ts';

/** The day that every example is read on. */
export const EXAMPLE_NOW = Date.parse('2026-11-22T12:00:00Z');

export interface RulePage {
  readonly text: string;
  readonly failing: Example;
  readonly mended: Example;
}
/** Fragments as they stand in the page; `records` is the evidence that goes with them. */
export interface Example {
  readonly yaml: string;
  readonly records: readonly EvidenceEntry[];
  /** What the chain of evidence says against itself. */
  readonly problems?: readonly string[];
  readonly codeOwners: string | undefined;
}

/** Reads a page. @throws where a heading or an example is missing. */
export async function readRulePage(path: string): Promise<RulePage> {
  const text = await readFile(path, 'utf8');
  return { text, failing: exampleUnder(text, 'Failing', path), mended: exampleUnder(text, 'Mended', path) };
}

function exampleUnder(text: string, heading: string, path: string): Example {
  const section = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## )`, 'mu').exec(text)?.[1];
  if (section === undefined) throw new Error(`${path} has no section "${heading}"`);
  const fence = (language: string): string | undefined =>
    new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'mu').exec(section)?.[1];
  const yaml = fence('yaml') ?? '';
  const json = fence('json');
  const codeOwners = fence('codeowners');
  if (yaml === '' && json === undefined) throw new Error(`${path} has no example under "${heading}"`);
  const given: unknown = json === undefined ? [] : JSON.parse(json);
  if (!Array.isArray(given))
    return { yaml, records: [], problems: (given as { problems: string[] }).problems, codeOwners };
  return { yaml, records: (given as Partial<EvidenceEntry>[]).map(record), codeOwners };
}

function record(given: Partial<EvidenceEntry>, index: number): EvidenceEntry {
  const at = given.finishedAt ?? '2026-11-20T10:00:00Z';
  return {
    id: `run-${index + 1}`,
    runbook: 'orders-db',
    level: 3,
    result: 'passed',
    proves: 'backup',
    startedAt: at,
    finishedAt: at,
    ...given,
  };
}

/** The base workspace with the fragments merged in, as texts by file. A key set to null is taken out; lists are replaced. */
export async function exampleFiles(example: Example): Promise<{ readonly file: string; readonly text: string }[]> {
  const fragments = parseAllDocuments(example.yaml).map((each) => each.toJS() as Record<string, unknown> | null);
  const kinds = ['runbook', 'policy', 'environment'];
  return Promise.all(
    kinds.map(async (kind) => {
      const document = parseDocument(await readFile(new URL(`../docs/base/${kind}.yaml`, import.meta.url), 'utf8'));
      for (const fragment of fragments) {
        if (typeof fragment?.['kind'] !== 'string' || fragment['kind'].toLowerCase() !== kind) continue;
        merge(document.contents, fragment, document);
      }
      return { file: `acme.${kind}.yaml`, text: document.toString({ lineWidth: 0 }) };
    }),
  );
}

function merge(target: unknown, fragment: Record<string, unknown>, document: ReturnType<typeof parseDocument>): void {
  if (!isMap(target)) return;
  for (const [key, value] of Object.entries(fragment)) {
    const here = target.get(key, true) as unknown;
    if (value === null) target.delete(key);
    else if (isMap(here) && typeof value === 'object' && !Array.isArray(value))
      merge(here, value as Record<string, unknown>, document);
    else target.set(key, document.createNode(value));
  }
}

/** What the given rules find in the example. */
export async function findingsOf(example: Example, rules: readonly Rule[]): Promise<Finding[]> {
  const files = await exampleFiles(example);
  const workspace = buildWorkspace(files.map(({ file, text }) => ({ file, parsed: parse(text) })));
  return workspace.entries.flatMap((entry) =>
    rules.flatMap((rule) => [
      ...rule.check({
        workspace,
        entry,
        now: EXAMPLE_NOW,
        evidence: { entries: example.records, problems: example.problems ?? [] },
        ...(example.codeOwners === undefined ? {} : { codeOwners: example.codeOwners }),
      }),
    ]),
  );
}
