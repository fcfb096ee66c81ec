/** What a name stands for, in Markdown: a resource with its live facts, a class with what the policy asks, a step, an account. */
import { accountsOf, environmentOf } from '../../core/references/environment.ts';
import type { Target } from '../../core/references/places.ts';
import { policyOf } from '../../core/references/policy.ts';
import { asMap, asText, dig } from '../../core/references/read.ts';
import type { Entry } from '../../core/workspace.ts';
import type { LanguageContext } from '../context.ts';
import { code, codeBlock, flowYaml, words } from '../markdown.ts';
import { liveMarkdown } from './live.ts';

/** What `name` stands for where `entry` uses it; empty where nothing is known of it. */
export function meaningOf(context: LanguageContext, entry: Entry, target: Target, name: string): string {
  const { value } = entry.document;
  switch (target) {
    case 'resource':
      return resourceMarkdown(context, entry, name);
    case 'backup':
      return summary(name, dig(value, 'backups', name), ['of', 'copyOf', 'tool', 'in', 'schedule', 'retention']);
    case 'step':
      return stepMarkdown(entry, name);
    case 'runbook':
      return runbookMarkdown(context, entry, name);
    case 'class':
      return classMarkdown(context, entry, name);
    case 'environment':
    case 'policy': {
      const found = context.workspace.resolve(target === 'policy' ? 'Policy' : 'Environment', name, entry.file);
      return found.state === 'found' ? `**${words(name)}** · ${words(found.entry.file)}` : '';
    }
    default:
      return inEnvironment(context, entry, target, name);
  }
}

/** A resource with where it is and what was seen of it. */
export function resourceMarkdown(context: LanguageContext, entry: Entry, name: string): string {
  const resource = dig(entry.document.value, 'resources', name);
  if (resource === undefined) return '';
  const live = context.live
    .resourcesOf(context.file)
    .find((each) => each.document === entry.document.index && each.name === name);
  const said = summary(name, resource, ['kind', 'id', 'region', 'account']);
  return live ? `${said}\n\n${liveMarkdown(live, context.now)}` : said;
}

function stepMarkdown(entry: Entry, name: string): string {
  const steps = dig(entry.document.value, 'restore', 'steps');
  const step: unknown = (Array.isArray(steps) ? steps : []).find((each) => asText(dig(each, 'id')) === name);
  if (step === undefined) return '';
  const text = asText(dig(step, 'run')) ?? asText(dig(step, 'manual'));
  const what = text === undefined ? '' : `\n\n${codeBlock(text.trim())}`;
  return `${summary(name, step, ['title', 'needs', 'timeout', 'effort', 'approval'])}${what}`;
}

function runbookMarkdown(context: LanguageContext, entry: Entry, name: string): string {
  const found = context.workspace.resolve('Runbook', name, entry.file);
  if (found.state !== 'found') return '';
  const other = found.entry.document.value;
  const objectives = ['rpo', 'rto'].flatMap((key) => asText(dig(other, 'restore', key)) ?? []);
  const title = asText(dig(other, 'metadata', 'title')) ?? '';
  const bounds =
    objectives.length === 2 ? ` · RPO ${words(objectives[0] ?? '')}, RTO ${words(objectives[1] ?? '')}` : '';
  return `**${words(name)}** · ${words(title)}\n\n${words(found.entry.file)}${bounds}`;
}

/** What the policy that applies asks of a class. */
function classMarkdown(context: LanguageContext, entry: Entry, name: string): string {
  const policy = policyOf(entry, context.workspace);
  const asked = policy && Object.hasOwn(policy.classes, name) ? policy.classes[name] : undefined;
  if (!policy || asked === undefined) return '';
  const rows = Object.entries(asMap(asked)).map(([key, each]) => `- ${words(key)}: ${code(flowYaml(each))}`);
  return [`**${words(name)}** · ${words(policy.why)}`, rows.join('\n')].join('\n\n');
}

const SECTIONS: Readonly<Partial<Record<Target, readonly [section: string, ...keys: string[]]>>> = {
  database: ['databases', 'engine', 'host', 'port', 'database', 'tls'],
  sandbox: ['sandboxes', 'kind', 'engine', 'version', 'host'],
};

/** What the environment says of a name; never where its secrets are. */
function inEnvironment(context: LanguageContext, entry: Entry, target: Target, name: string): string {
  const environment = environmentOf(entry, context.workspace);
  if (!environment) return '';
  const where = `\n\n${words(environment.file)}`;
  if (target === 'variable') {
    const value = dig(environment.document.value, 'vars', name);
    return value === undefined ? '' : `**${words(name)}** = ${code(value)}${where}`;
  }
  if (target === 'account') {
    const account = accountsOf(environment).find((each) => each.alias === name || each.id === name);
    if (!account) return '';
    const via = summary(account.alias, account.value, ['profile', 'assumeRole']);
    return `${account.id === undefined ? via : `${via} · account ${code(account.id)}`}${where}`;
  }
  const [section, ...keys] = SECTIONS[target] ?? [''];
  const said = summary(name, dig(environment.document.value, section, name), keys);
  return said === '' ? '' : said + where;
}

function summary(name: string, value: unknown, keys: readonly string[]): string {
  if (value === undefined) return '';
  const said = keys.flatMap((key) => {
    const each = dig(value, key);
    return each === undefined ? [] : [`${key}: ${code(each)}`];
  });
  return said.length === 0 ? `**${words(name)}**` : `**${words(name)}** · ${said.join(', ')}`;
}
