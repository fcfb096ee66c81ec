/** Hover: what a key or value is, what it means, and what is known live of what it names. */
import type { Hover } from 'vscode-languageserver-types';
import { nodeAt, placeAt, rangeOf, resolved } from '../../core/document/navigate.ts';
import type { DocNode, Path } from '../../core/document/node.ts';
import { toValue } from '../../core/document/value.ts';
import { policyOf } from '../../core/references/policy.ts';
import { asMap, asText, dig } from '../../core/references/read.ts';
import { schemaNodesAt } from '../../core/schema/navigate.ts';
import type { Entry } from '../../core/workspace.ts';
import { namePlaceAt } from '../completion/names.ts';
import { entryAt, type LanguageContext } from '../context.ts';
import { code, flowYaml, schemaMarkdown } from '../markdown.ts';
import { expressionHover } from './expression.ts';
import { factText, liveAt, liveMarkdown } from './live.ts';
import { valueMeaning } from './value.ts';

/** What is shown at `offset`; undefined where there is nothing to say. */
export function hover(context: LanguageContext, offset: number): Hover | undefined {
  const entry = entryAt(context, offset);
  if (!entry) return undefined;
  const expression = expressionHover(context, entry, offset);
  if (expression) return expression;
  const place = placeAt(entry.document, offset);
  if (!place || (place.node.kind !== 'scalar' && place.node.kind !== 'alias')) return undefined;
  const parts = place.onKey ? keyParts(context, entry, place.path) : valueParts(context, entry, place.path, place.node);
  const value = parts.filter((part) => part !== '').join('\n\n---\n\n');
  if (value === '') return undefined;
  return { contents: { kind: 'markdown', value }, range: rangeOf(context.parsed, place.node) };
}

function keyParts(context: LanguageContext, entry: Entry, path: Path): string[] {
  const name = String(path.at(-1) ?? '');
  const parts = [schemaMarkdown(schemaNodesAt(entry.kind, path, entry.document.value).slice(-2), name)];
  if (entry.kind !== 'Runbook') return parts;
  const live = liveAt(context.live.resourcesOf(context.file), entry.document.index, path);
  if (live && path.length === live.path.length) parts.push(liveMarkdown(live, context.now));
  else if (live) parts.push(liveFact(live, path));
  return parts;
}

function valueParts(context: LanguageContext, entry: Entry, path: Path, node: DocNode): string[] {
  const target = resolved(node);
  const text = target?.kind === 'scalar' ? String(target.value ?? '') : '';
  const key = path.findLast((segment) => typeof segment === 'string');
  const beside = toValue(nodeAt(entry.document, path.slice(0, -1)));
  const parts = [valueMeaning(text, key, beside, context.now).join('\n\n')];
  parts.push(meantBy(context, entry, path, text));
  const live = liveAt(context.live.resourcesOf(context.file), entry.document.index, path);
  if (live && path.length === live.path.length + 1 && key === 'id') parts.push(liveMarkdown(live, context.now));
  else if (live) parts.push(liveFact(live, path));
  parts.push(schemaMarkdown(schemaNodesAt(entry.kind, path, entry.document.value).slice(-2)));
  return parts;
}

/** The live value of the fact that a path under `expect` names. */
function liveFact(live: NonNullable<ReturnType<typeof liveAt>>, path: Path): string {
  const [section, name] = path.slice(live.path.length);
  if (live.observation.state !== 'found' || typeof name !== 'string' || section !== 'expect') return '';
  const fact = Object.hasOwn(live.observation.facts, name) ? live.observation.facts[name] : undefined;
  return fact ? `Live: ${factText(fact)}` : '';
}

/** What a name stands for: a resource with its live facts, a class with what the policy asks, another document. */
function meantBy(context: LanguageContext, entry: Entry, path: Path, text: string): string {
  const place = namePlaceAt(entry.kind, path, asText(dig(toValue(nodeAt(entry.document, path.slice(0, -1))), 'kind')));
  const { value } = entry.document;
  switch (place?.target) {
    case 'resource': {
      const resource = dig(value, 'resources', text);
      if (resource === undefined) return '';
      const live = context.live
        .resourcesOf(context.file)
        .find((each) => each.document === entry.document.index && each.name === text);
      return [summary(text, resource, ['kind', 'id', 'region', 'account']), live ? liveMarkdown(live, context.now) : '']
        .filter(Boolean)
        .join('\n\n');
    }
    case 'backup':
      return summary(text, dig(value, 'backups', text), ['of', 'tool', 'in', 'schedule', 'retention']);
    case 'runbook': {
      const found = context.workspace.resolve('Runbook', text, entry.file);
      if (found.state !== 'found') return '';
      const other = found.entry.document.value;
      const objectives = ['rpo', 'rto'].flatMap((key) => asText(dig(other, 'restore', key)) ?? []);
      const title = asText(dig(other, 'metadata', 'title')) ?? '';
      return `**${text}** · ${title}\n\n${found.entry.file}${objectives.length === 2 ? ` · RPO ${objectives[0] ?? ''}, RTO ${objectives[1] ?? ''}` : ''}`;
    }
    case 'class':
      return classMarkdown(context, entry, text);
    case 'environment': {
      const found = context.workspace.resolve('Environment', text, entry.file);
      return found.state === 'found' ? `**${text}** · ${found.entry.file}` : '';
    }
    default:
      return '';
  }
}

/** What the policy that applies asks of a class. */
function classMarkdown(context: LanguageContext, entry: Entry, name: string): string {
  const policy = policyOf(entry, context.workspace);
  const asked = policy && Object.hasOwn(policy.classes, name) ? policy.classes[name] : undefined;
  if (!policy || asked === undefined) return '';
  const rows = Object.entries(asMap(asked)).map(([key, each]) => `- ${key}: ${code(flowYaml(each))}`);
  return [`**${name}** · ${policy.why}`, rows.join('\n')].join('\n\n');
}

function summary(name: string, value: unknown, keys: readonly string[]): string {
  if (value === undefined) return '';
  const said = keys.flatMap((key) => {
    const each = dig(value, key);
    return each === undefined ? [] : [`${key}: ${code(each)}`];
  });
  return `**${name}** · ${said.join(', ')}`;
}
