/** A first runbook from one written in Markdown: headings, shell blocks and checklists become steps, and nothing is dropped. */
import { Document, isMap, isSeq, parseDocument } from 'yaml';
import { parse } from '../document/parse.ts';
import { resourcesOf } from '../references/effective.ts';
import { dataOf, textOf } from '../rules/read.ts';
import { buildWorkspace } from '../workspaceIndex.ts';
import { objectivesIn, ownerOf, ownersIn, reviewedIn } from './importFacts.ts';
import { shellOf } from './importShell.ts';
import { markdownBlocks, type MarkdownBlock } from './markdownBlocks.ts';
import { dnsLabel } from './scaffold.ts';

export interface ImportOptions {
  /** Path of the Markdown file, for its name and the note of origin. */
  readonly file: string;
  readonly name?: string;
  /** `2026-11-22`. */
  readonly today: string;
}

export interface ImportResult {
  readonly name: string;
  /** The runbook, YAML. */
  readonly text: string;
  readonly steps: { readonly run: number; readonly manual: number };
  /** References that were found in the text and became resources. */
  readonly resources: readonly string[];
  /** What a person should look at. */
  readonly notes: readonly string[];
}

interface Step {
  id: string;
  run?: string;
  manual?: string;
  rollback?: string;
  /** Heading or headings that stand before it, kept as comments. */
  headings: string[];
}

const ROLLBACK = /\b(?:roll\s*-?back|undo|revert|back\s?out)\b/iu;
/** A line across the page says nothing to do. */
const LINE = /^([-*_])(?:[ \t]*\1){2,}$/u;
const OWNERS = /^(?:owners?|contacts?|maintainers?|on-?call|escalation|who)\b/iu;

/** Never throws. What can't be placed stays as `manual` text; a text without a single step is one manual step. */
export function importMarkdown(markdown: string, options: ImportOptions): ImportResult {
  const { frontMatter, blocks } = markdownBlocks(markdown);
  const front = dataOf(
    frontMatter === undefined ? undefined : parseDocument(frontMatter, { logLevel: 'silent' }).toJS(),
  );
  const headingAt = blocks.findIndex((block) => block.kind === 'heading');
  const first = blocks[headingAt];
  const stem = options.file.slice(options.file.lastIndexOf('/') + 1).replace(/\.(?:md|markdown|mdown|txt)$/iu, '');
  const titled = first?.kind === 'heading' && first.level === 1 ? first.text : undefined;
  const title = textOf(front['title']) ?? titled ?? stem;
  const rest = titled === undefined ? blocks : blocks.filter((_, index) => index !== headingAt);
  const name = dnsLabel(options.name ?? textOf(front['name']) ?? stem);
  const found = placed(rest);
  const sections = withStep(found);
  const description = [
    frontText(frontMatter),
    textOf(front['title']) !== undefined && titled !== undefined && titled !== front['title'] ? titled : '',
    ...sections.preamble,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
  const objectives = objectivesIn(markdown);
  const owners = sections.owners.length > 0 ? sections.owners : ownersIn(front, found.preamble);
  const reviewedOn = reviewedIn(front, found.preamble);
  const head = {
    apiVersion: 'drillbook/v1',
    kind: 'Runbook',
    metadata: {
      name,
      title,
      ...(description === '' ? {} : { description }),
      ...(owners.length > 0 ? { owners } : {}),
      ...(reviewedOn === undefined ? {} : { reviewedOn }),
    },
    recovery: sections.steps.some((step) => step.run !== undefined) ? 'scripted' : 'passive',
  };
  const restore = { ...objectives, steps: sections.steps.map(({ headings: _, ...step }) => step) };
  const resources = resourcesIn({ ...head, restore }, `${name}.runbook.yaml`);
  const value = { ...head, ...(Object.keys(resources).length > 0 ? { resources } : {}), restore };
  const run = sections.steps.filter((step) => step.run !== undefined).length;
  const notes = [
    ...(owners.length === 0 ? ['No owners were found: add metadata.owners.'] : []),
    ...foreignExpressions(markdown),
    ...(sections.steps.length === 0
      ? ['No step was found: write under restore.steps what is done.']
      : run === 0
        ? ['No shell block was found: every step is manual.']
        : []),
    'Declare the backups that there are under backups, and a dry run under dryRuns: the text says nothing that could be tested.',
    'Give each scripted step a timeout and a verify.',
  ];
  return {
    name,
    text: yamlOf(value, sections, options),
    steps: { run, manual: sections.steps.length - run },
    resources: Object.values(resources).map((each) => `${each.kind} ${each.id}`),
    notes,
  };
}

/** `${{ … }}` of GitHub Actions and the like would be read as ours. */
function foreignExpressions(markdown: string): readonly string[] {
  const [first, ...more] = markdown.match(/\$\{\{[^}\n]*\}\}/gu) ?? [];
  if (first === undefined) return [];
  const rest = more.length === 0 ? '' : ` and ${more.length} more`;
  return [`The text holds ${first}${rest}, which check takes for an expression of its own: write what it stands for.`];
}

interface Placed {
  /** What stands before the first section, and is no step. */
  readonly preamble: string[];
  readonly owners: { name: string; contact?: string }[];
  /** Headings that stand above the owners. */
  readonly ownersHeadings: string[];
  readonly steps: Step[];
  /** Headings behind the last step. */
  readonly trailing: string[];
}

function placed(blocks: readonly MarkdownBlock[]): Placed {
  const made: Placed = { preamble: [], owners: [], ownersHeadings: [], steps: [], trailing: [] };
  const ids = new Set<string>();
  let heading = '';
  let pending: string[] = [];
  const add = (hint: string, step: Omit<Step, 'id' | 'headings'>): void => {
    made.steps.push({ id: uniqueId(hint, ids), ...step, headings: pending });
    pending = [];
  };
  blocks.forEach((block, index) => {
    const next = blocks[index + 1];
    switch (block.kind) {
      case 'heading':
        heading = block.text;
        pending.push(`${'#'.repeat(block.level)} ${block.text}`);
        return;
      case 'code': {
        const script = shellOf(block);
        const last = made.steps.findLast((step) => step.run !== undefined);
        const before = blocks[index - 1];
        const lead = leadOf(before, block);
        const hint = lead === '' ? heading : lead;
        if (script === undefined)
          add(hint === '' ? 'read' : hint, {
            manual: [lead, `${block.marks}${block.info}`, block.text, block.marks]
              .filter((line) => line !== '')
              .join('\n'),
          });
        else if (ROLLBACK.test(`${heading} ${lead}`) && last)
          last.rollback = joined(
            last.rollback,
            ...asComments([...pending.splice(0), lead, attributesOf(block)]),
            script,
          );
        else if (ROLLBACK.test(`${heading} ${lead}`)) add(hint, { manual: joined(lead, attributesOf(block), script) });
        else if (script !== '')
          add(hint === '' ? 'run' : hint, { run: [...asComments([lead, attributesOf(block)]), script].join('\n') });
        else if (lead !== '') add(lead, { manual: lead });
        return;
      }
      case 'item':
      case 'text': {
        if (block.kind === 'text' && LINE.test(block.text)) {
          pending.push(block.text);
          return;
        }
        if (leadOf(block, next) !== '') return; // it goes with the code behind it
        if (block.kind === 'item' && OWNERS.test(heading) && !/`/u.test(block.text)) {
          made.owners.push(ownerOf(block.text));
          made.ownersHeadings.push(...pending.splice(0));
        } else if (heading === '' && block.kind === 'text' && made.steps.length === 0) made.preamble.push(block.text);
        else {
          const last = made.steps.at(-1);
          // A nested item, or text behind a manual step of the same section, belongs to it.
          const joins =
            last?.manual !== undefined &&
            pending.length === 0 &&
            (block.kind === 'item' ? block.depth > 0 : blocks[index - 1]?.kind !== 'code');
          if (joins)
            last.manual = `${last.manual}${block.kind === 'item' ? '\n' : '\n\n'}${block.kind === 'item' ? `${'  '.repeat(block.depth - 1)}${block.marker} ` : ''}${block.text}`;
          else if (last?.rollback !== undefined && ROLLBACK.test(heading) && pending.length === 0)
            last.rollback = joined(last.rollback, ...asComments([block.text]));
          else add(block.kind === 'item' || heading === '' ? block.text : heading, { manual: block.text });
        }
      }
    }
  });
  made.trailing.push(...pending);
  return made;
}

/** A text without a single step is one, for a person. */
function withStep(made: Placed): Placed {
  const text = made.preamble.join('\n\n');
  if (made.steps.length > 0 || text === '') return made;
  return { ...made, preamble: [], steps: [{ id: 'follow', manual: text, headings: [] }] };
}

function joined(...lines: readonly (string | undefined)[]): string {
  return lines.filter((line) => line !== undefined && line !== '').join('\n');
}

/** What an opening fence says beside the language: `bash title="restore.sh"`. */
function attributesOf(block: MarkdownBlock & { readonly kind: 'code' }): string {
  return block.info.toLowerCase() === block.language ? '' : block.info;
}

/** The text of a block that only introduces the code behind it; empty where it is no such block. */
function leadOf(block: MarkdownBlock | undefined, next: MarkdownBlock | undefined): string {
  if ((block?.kind !== 'item' && block?.kind !== 'text') || next?.kind !== 'code') return '';
  return /:\s*$/u.test(block.text) || (block.kind === 'item' && block.text.length < 120) ? block.text : '';
}

function asComments(texts: readonly string[]): string[] {
  return texts.filter((text) => text !== '').flatMap((text) => text.split('\n').map((line) => `# ${line}`));
}

function uniqueId(hint: string, taken: Set<string>): string {
  const words =
    hint
      .replace(/`[^`]*`/gu, ' ')
      .replace(/\[([^\]]*)\]\([^)]*\)/gu, '$1')
      .toLowerCase()
      .match(/[a-z0-9]+/gu) ?? [];
  const base =
    words
      .filter((word) => !['the', 'a', 'an', 'to', 'of', 'and', 'step'].includes(word))
      .slice(0, 4)
      .join('-') || 'step';
  let id = base;
  for (let count = 2; taken.has(id); count++) id = `${base}-${count}`;
  taken.add(id);
  return id;
}

/** Keys of the front matter that have no place of their own stay as text. */
function frontText(front: string | undefined): string {
  return front === undefined
    ? ''
    : front
        .split('\n')
        .filter((line) => !/^(?:title|name):/u.test(line))
        .join('\n')
        .trim();
}

interface ImportedResource {
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  /** Its id, where an ARN tells it. */
  readonly account?: string;
}

/** What the steps name (URIs, ARNs, endpoints), as resources; found by the same reader that drift uses. */
function resourcesIn(value: unknown, file: string): Readonly<Record<string, ImportedResource>> {
  const parsed = parse(new Document(value).toString());
  const workspace = buildWorkspace([{ file, parsed }]);
  const [entry] = workspace.entries;
  const made: Record<string, ImportedResource> = {};
  for (const resource of entry ? resourcesOf(entry, workspace) : []) {
    if (!resource.implicit || resource.id === undefined || resource.kind.startsWith('database/')) continue;
    let name = dnsLabel(resource.id);
    for (let count = 2; made[name]; count++) name = `${dnsLabel(resource.id)}-${count}`;
    made[name] = {
      kind: resource.kind,
      id: resource.id,
      ...(resource.region === undefined ? {} : { region: resource.region }),
      ...(resource.account === undefined ? {} : { account: resource.account }),
    };
  }
  return made;
}

function yamlOf(value: unknown, { steps, trailing, ownersHeadings }: Placed, options: ImportOptions): string {
  const document = new Document(value);
  document.commentBefore = ` Imported from ${options.file} on ${options.today}. Nothing was dropped: what could not be placed is in manual steps.`;
  const list: unknown = document.getIn(['restore', 'steps']);
  const items = (list as { readonly items?: readonly unknown[] } | undefined)?.items ?? [];
  items.forEach((item, index) => {
    const headings = steps[index]?.headings ?? [];
    if (isMap(item) && headings.length > 0) item.commentBefore = headings.map((heading) => ` ${heading}`).join('\n');
  });
  const owners: unknown = document.getIn(['metadata', 'owners']);
  if (isSeq(owners) && ownersHeadings.length > 0)
    owners.commentBefore = ownersHeadings.map((each) => ` ${each}`).join('\n');
  if (trailing.length > 0) document.comment = trailing.map((heading) => ` ${heading}`).join('\n');
  return document.toString({ lineWidth: 0 });
}
