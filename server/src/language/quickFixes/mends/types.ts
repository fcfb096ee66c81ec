/** Mends of values of another type, out of their range, or beside what excludes them. */
import { asText, asTexts } from '../../../core/references/read.ts';
import { keysAt, schemaNodesAt } from '../../../core/schema/navigate.ts';
import { removeKey } from './names.ts';
import { replaced, scalarAt, yamlText, type Mend, type Mender } from './mend.ts';

/** The same value as a list, as text, with a unit, or as where a secret is to be had. */
export const inItsType: Mender = (_context, entry, finding) => {
  const node = scalarAt(entry, finding.path);
  const wanted = asTexts(finding.data?.['wanted']);
  if (!node || node.style === 'literal' || node.style === 'folded' || node.value === null) return [];
  const change = (title: string, newText: string): Mend => ({
    title,
    edits: [replaced(entry, finding.path, newText)],
  });
  if (wanted.includes('array')) {
    const text = typeof node.value === 'string' ? yamlText(node.value) : node.source;
    return [change('Put it in a list', `[${text}]`)];
  }
  if (wanted.includes('object')) {
    const keys = new Set(keysAt(entry.kind, finding.path, entry.document.value).map((key) => key.name));
    const variable = finding.path.slice(-2).join('_').replace(/\W+/gu, '_').toUpperCase();
    return keys.has('env') && keys.has('file') ? [change('Read it from a variable', `{ env: ${variable} }`)] : [];
  }
  if (!wanted.includes('string') || typeof node.value !== 'number') return [];
  const formats = schemaNodesAt(entry.kind, finding.path, entry.document.value).map((each) => each.format ?? '');
  if (formats.some((format) => format.endsWith('duration')))
    return ['m', 'h', 'd', 's'].map((unit) => change(`Change to ${node.source}${unit}`, `${node.source}${unit}`));
  if (formats.some((format) => format.startsWith('money')))
    return ['USD', 'EUR'].map((unit) => change(`Change to ${node.source} ${unit}`, `${node.source} ${unit}`));
  return [change('Put it in quotes', JSON.stringify(node.source))];
};

/** The nearest value of the range; or the key taken out that can't stand beside another, or that is empty. */
export const fitting: Mender = (context, entry, finding) => {
  const data = finding.data ?? {};
  if (Array.isArray(data['present']) || data['keyword'] === 'minLength') return removeKey(context, entry, finding);
  const bound = asText(data['keyword'] === 'maximum' ? data['most'] : data['least']);
  return bound === undefined ? [] : [{ title: `Change to ${bound}`, edits: [replaced(entry, finding.path, bound)] }];
};

/** A database is looked up by a resource of its own kind. */
export const kindOfDatabase: Mender = (_context, entry, finding) => {
  const [kind] = asTexts(finding.data?.['kinds']);
  if (finding.path.at(-1) !== 'id' || asText(finding.data?.['kind']) === undefined || kind === undefined) return [];
  const path = [...finding.path.slice(0, -1), 'kind'];
  return [{ title: `Change the kind to ${kind}`, edits: [replaced(entry, path, kind)] }];
};
