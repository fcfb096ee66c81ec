/** A schema's text as Markdown, for hover and for the documentation of completions. */
import type { JsonSchema } from '../core/schema/navigate.ts';

/** As many allowed values as are read at a glance. */
const FEW = 12;
/** The rows of a table of values. */
const TABLE = /\n*(?:^\|.*\|[ \t]*$\n?)+/gmu;

/** What one of the values of a place means, as its description says it; empty where it says nothing of it. */
export function valueMarkdown(nodes: readonly JsonSchema[], value: string): string {
  const quoted = `\`${value}\``;
  for (const { description = '' } of nodes) {
    const lines = description.split('\n');
    const row = lines.find((line) => line.startsWith(`| ${quoted} |`));
    const [, meaning = ''] = row === undefined ? [] : (/^\| [^|]+\| (.*) \|$/u.exec(row) ?? []);
    const heading = /^\| [^|]+\| (\S.*) \|$/u.exec(lines.find((line) => line.startsWith('|')) ?? '')?.[1];
    if (meaning !== '') return `**${quoted}** · ${heading === undefined ? '' : `${heading} `}${meaning}`;
    const at = description.indexOf(`${quoted}: `);
    const sentence = at < 0 ? undefined : /^[^.;]*/u.exec(description.slice(at + quoted.length + 2))?.[0];
    if (sentence !== undefined) return `**${quoted}** · ${sentence}`;
  }
  return '';
}

/**
 * Title, description, default, allowed values and examples of the sub-schemas at a place; empty where they say nothing.
 * Of a value that is there already the others are told only where they are few.
 */
export function schemaMarkdown(nodes: readonly JsonSchema[], name?: string, isThere = false): string {
  const texts = unique(nodes.map(({ description }) => (isThere ? description?.replace(TABLE, '') : description)));
  const titles = unique(nodes.map((node) => node.title));
  const parts: string[] = [];
  const heading = [name === undefined ? undefined : `**${code(name)}**`, titles.at(-1)].filter(
    (each) => each !== undefined,
  );
  if (heading.length > 0) parts.push(heading.join(' · '));
  parts.push(...texts);
  const values = unique(nodes.flatMap((node) => node.enum ?? (node.const === undefined ? [] : [node.const])).map(code));
  if (values.length > 1 && values.length <= (isThere ? FEW : 40)) parts.push(`One of ${values.join(', ')}.`);
  const standard = nodes
    .map((node) => node.default)
    .filter((each) => each !== undefined)
    .at(-1);
  if (standard !== undefined) parts.push(`Default: ${code(standard)}.`);
  const examples = unique(nodes.flatMap((node) => node.examples ?? []).map(code)).slice(0, 3);
  if (examples.length > 0 && values.length === 0) {
    const [one] = examples;
    parts.push(examples.length === 1 && one !== undefined ? `Example: ${one}` : `Examples: ${examples.join(', ')}`);
  }
  return parts.join('\n\n');
}

/** Plain data as inline code, as YAML's flow style writes it: whatever it holds, nothing of it is Markdown. */
export function code(value: unknown): string {
  const text = (typeof value === 'string' ? value : flowYaml(value)).replace(/\s*\n\s*/gu, ' ');
  const fence = fenceFor(text, 1);
  const blank = /^`|`$/u.test(text) ? ' ' : '';
  return `${fence}${blank}${text}${blank}${fence}`;
}

/** A document's text of several lines as a block of code. */
export function codeBlock(text: string): string {
  const fence = fenceFor(text, 3);
  return `${fence}\n${text}\n${fence}`;
}

/** A document's words as words: no link, picture or markup of theirs is taken for ours. */
export function words(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(/[\\`*[\]<>]|\$(?=\()/gu, '\\$&');
}

/** More backticks than stand together in the text. */
function fenceFor(text: string, least: number): string {
  const runs = [...text.matchAll(/`+/gu)].map(([run]) => run.length);
  return '`'.repeat(Math.max(least, ...runs.map((length) => length + 1)));
}

/** One line of YAML for plain data. */
export function flowYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, each]) => `${key}: ${flowYaml(each)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  return typeof value === 'string' ? quotedIfNeeded(value) : String(value);
}

/** A text as a YAML scalar: plain where that reads back the same, else in double quotes. */
export function quotedIfNeeded(text: string): string {
  const plain =
    /^[A-Za-z_./$\p{L}][^#:{}[\],&*!|>'"%@`\n]*(?::[^\s#{}[\],][^#{}[\],\n]*)*$/u.test(text) &&
    !/^(?:true|false|null|yes|no|on|off|~)$/iu.test(text) &&
    !/\s$|\s#/u.test(text);
  return plain || /^\d+(?:\.\d+)*(?:[a-z]+| [A-Za-z]+)$/u.test(text) ? text : JSON.stringify(text);
}

function unique(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text): text is string => text !== undefined && text !== ''))];
}
