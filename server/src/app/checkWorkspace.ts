/** The static check: syntax, schema, reference, policy, practice and evidence findings of documents, with no I/O at all. */
import type { Entry, Workspace } from '../core/workspace.ts';
import { pairAt, positionAt } from '../core/document/navigate.ts';
import type { ParsedDocument, ParsedText } from '../core/document/node.ts';
import { syntaxFindings } from '../core/document/problems.ts';
import type { Finding } from '../core/finding.ts';
import { findingSpan } from '../core/findingSpan.ts';
import { isIncomplete } from '../core/references/environment.ts';
import { policyOf } from '../core/references/policy.ts';
import { asMap, dig } from '../core/references/read.ts';
import { noRules, type KeptRules } from '../core/rules/keptRules.ts';
import { REFERENCE_RULES } from '../core/rules/reference/table.ts';
import type { EvidenceSummary, Rule } from '../core/rules/rule.ts';
import { RULES } from '../core/rules/table.ts';
import { checkSchema } from '../core/schema/check.ts';
import { applySuppressions, checkSuppressions, type Suppression } from '../core/suppression/suppressions.ts';
import { headFindings, looksLikeOurs } from './unmarkedDocument.ts';

export interface CheckOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly evidence: EvidenceSummary;
  /** Is told every finding that a comment left out. */
  readonly onSuppressed?: (finding: Finding, by: Suppression) => void;
  /** Text of the repository's CODEOWNERS file, where there is one. */
  readonly codeOwners?: string;
  /** Is told moments after `now` at which a rule may say something else; every midnight (UTC) counts anyway. */
  readonly onChangesAt?: (ms: number) => void;
  /** Of an open file: what the rules said of each of its documents last time, brought up to date here. */
  readonly kept?: Map<number, KeptRules>;
  /** The rules to run; all of them where left out. */
  readonly rules?: readonly Rule[];
}

/** Findings of the workspace, or of `files` of it, sorted by file and place. */
export function checkWorkspace(
  workspace: Workspace,
  options: CheckOptions & { readonly files?: readonly string[] },
): Finding[] {
  const files = options.files ?? [...workspace.files.keys()].sort();
  return files.flatMap((file) => {
    const found = checkFile(workspace, file, options);
    const parsed = workspace.files.get(file);
    if (parsed) workspace.forget(parsed);
    return found;
  });
}

/** Findings of one file, sorted by place. @throws Error that names the rule where a rule itself fails. */
export function checkFile(workspace: Workspace, file: string, options: CheckOptions): Finding[] {
  const parsed = workspace.files.get(file);
  if (!parsed) return [];
  const entries = workspace.byFile(file);
  const found = parsed.documents.flatMap((document) => checkDocument(workspace, file, document, entries, options));
  return sortByPlace(parsed, finish(parsed, file, found, options));
}

/**
 * What the findings of another source (drift, evidence) become for people: softened or hardened as the policy says,
 * and without those that a comment suppresses.
 */
export function finishFindings(
  workspace: Workspace,
  findings: readonly Finding[],
  options: Pick<CheckOptions, 'now' | 'onSuppressed'> & {
    /** Documents whose drift was looked for just now: a comment there that suppresses no drift is idle. */
    readonly lookedAt?: readonly Entry[];
  },
): Finding[] {
  const lookedAt = options.lookedAt ?? [];
  const files = [...new Set([...findings, ...lookedAt].map(({ file }) => file))];
  const evaluatedIn =
    (file: string, parsed: ParsedText) =>
    (code: string, document: number, by: Suppression): boolean => {
      const entry = lookedAt.find((each) => each.file === file && each.document.index === document);
      if (!entry || !code.startsWith('drift/')) return false;
      // Where something could not be looked up, the finding that a comment waits for may be there all the same.
      const gaps = findings.filter(
        (each) => each.file === file && each.document === document && each.code.startsWith('unchecked/'),
      );
      return gaps.length === 0 || comparedBySelf(parsed, entry.document, code, by, gaps);
    };
  return files.flatMap((file) => {
    const own = findings.filter((finding) => finding.file === file);
    const parsed = workspace.files.get(file);
    if (!parsed) return own;
    const judged = own.flatMap((finding) => {
      const entry = workspace.at({ file, index: finding.document });
      return entry ? overridden(workspace, entry, [finding]) : [finding];
    });
    if (lookedAt.length === 0) return applySuppressions(parsed, judged, options.now, suppressed(options));
    const evaluated = evaluatedIn(file, parsed);
    const checked = checkSuppressions(parsed, file, judged, options.now, { evaluated, ...suppressed(options) });
    // What is malformed the static check says.
    return checked.filter((finding) => finding.code !== 'schema/suppression');
  });
}

/** Drift that nothing but the resource's own look-up decides, and that is unchecked by name where it couldn't. */
const OWN_DRIFT = /^drift\/(?:missing|value|version-major|version-minor|region|account)$/u;

/** Whether a comment stands in a resource that was compared in full, though `gaps` tell of others that weren't. */
function comparedBySelf(
  parsed: ParsedText,
  document: ParsedDocument,
  code: string,
  { lines }: Suppression,
  gaps: readonly Finding[],
): boolean {
  if (!OWN_DRIFT.test(code) || gaps.some((gap) => gap.path.length < 2)) return false;
  const around = Object.keys(asMap(dig(document.value, 'resources'))).find((name) => {
    const pair = pairAt(document, ['resources', name]);
    if (!pair) return false;
    const from = positionAt(parsed, pair.key.start).line;
    const to = positionAt(parsed, pair.value?.end ?? pair.key.end).line;
    return lines.length > 0 && lines.every((line) => line >= from && line <= to);
  });
  return around !== undefined && !gaps.some(({ path }) => path[0] === 'resources' && path[1] === around);
}

function checkDocument(
  workspace: Workspace,
  file: string,
  document: ParsedDocument,
  entries: readonly Entry[],
  options: CheckOptions,
): readonly Finding[] {
  const place = (problem: Omit<Finding, 'file' | 'document'>): Finding => ({
    ...problem,
    file,
    document: document.index,
  });
  if (document.apiVersion === undefined) {
    return looksLikeOurs(file, document)
      ? [...syntaxFindings(document, file), ...headFindings(document)].map(place)
      : [];
  }
  const kept = options.kept && keptOf(options.kept, document.index);
  const own = [...syntaxFindings(document, file), ...checkSchema(document, kept?.valid)].map(place);
  const entry = entries.find((each) => each.document.index === document.index);
  if (!entry) return own;
  return overridden(workspace, entry, [...own, ...ruleFindings(workspace, entry, options)]);
}

function ruleFindings(workspace: Workspace, entry: Entry, options: CheckOptions): readonly Finding[] {
  const { now, evidence, codeOwners } = options;
  const memo = new Map<string, unknown>();
  const kept = options.kept && keptOf(options.kept, entry.index);
  const changesAt = options.onChangesAt;
  const context = {
    workspace,
    entry,
    now,
    evidence,
    memo,
    ...(kept === undefined ? {} : { kept }),
    ...(codeOwners === undefined ? {} : { codeOwners }),
    ...(changesAt === undefined ? {} : { changesAt }),
  };
  // What a document that can't be read in whole seems to lack may well be there; the reference rules see to that themselves.
  const rules = options.rules ?? (isIncomplete(entry) ? REFERENCE_RULES : RULES);
  const found: Finding[] = [];
  for (const rule of rules) {
    try {
      const said = rule.check(context);
      // Most rules have nothing to say of most documents, and an empty list is quickest told by its length.
      if (isEmptyList(said)) continue;
      for (const finding of said) found.push(finding);
    } catch (error) {
      throw new Error(
        `Rule ${rule.id} failed on ${entry.file}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }
  return found;
}

function keptOf(kept: Map<number, KeptRules>, index: number): KeptRules {
  let known = kept.get(index);
  if (!known) kept.set(index, (known = noRules()));
  return known;
}

function isEmptyList(said: Iterable<Finding>): boolean {
  return Array.isArray(said) && said.length === 0;
}

/** The findings with the severity that the policy gives them; those that it switches off are left out. `unchecked/*` stays. */
function overridden(workspace: Workspace, entry: Entry, findings: readonly Finding[]): readonly Finding[] {
  if (findings.length === 0) return findings;
  const severity = policyOf(entry, workspace)?.severity;
  if (!severity || Object.keys(severity).length === 0) return findings;
  return findings.flatMap((finding) => {
    const asked = finding.code.startsWith('unchecked/') ? undefined : severity[finding.code];
    if (asked === 'off') return [];
    return [asked === undefined ? finding : { ...finding, severity: asked }];
  });
}

function finish(
  parsed: ParsedText,
  file: string,
  findings: readonly Finding[],
  options: CheckOptions,
): readonly Finding[] {
  const broken = new Set(
    parsed.documents.filter((document) => document.problems.length > 0).map((document) => document.index),
  );
  // Drift was not looked for here, and evidence may not be at hand: their comments may well be needed.
  const evaluated = (code: string, document: number): boolean =>
    !/^(?:drift|evidence)\//.test(code) && !broken.has(document);
  return checkSuppressions(parsed, file, findings, options.now, { evaluated, ...suppressed(options) });
}

function suppressed({ onSuppressed }: Pick<CheckOptions, 'onSuppressed'>): Pick<CheckOptions, 'onSuppressed'> {
  return onSuppressed ? { onSuppressed } : {};
}

/** By place, and each said once: of a key that stands twice, both may be read at the same place. */
function sortByPlace(parsed: ParsedText, findings: readonly Finding[]): Finding[] {
  const placed = findings.map((finding) => ({ finding, span: findingSpan(parsed, finding) }));
  placed.sort(
    (one, other) =>
      one.span.start - other.span.start ||
      one.span.end - other.span.end ||
      (one.finding.code < other.finding.code ? -1 : 1),
  );
  const said = new Set<string>();
  return placed.flatMap(({ finding, span }, index) => {
    const before = placed[index - 1];
    if (before?.span.start !== span.start || before.span.end !== span.end) said.clear();
    const key = `${finding.code} ${finding.message}`;
    if (said.has(key)) return [];
    said.add(key);
    return [finding];
  });
}
