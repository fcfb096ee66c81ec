/** Larger pieces to start from: whole documents, resources with what can be expected of them, backups, steps, dry runs. */
import { CATALOGUE } from '../../core/rules/catalogue.ts';
import { keysAt, type JsonSchema } from '../../core/schema/navigate.ts';
import { flowYaml } from '../markdown.ts';
import { ITEMS, NAMED } from './sections.ts';

/** `body` in the snippet syntax of the protocol; its lines are indented from the column where it is inserted. */
export interface Snippet {
  readonly label: string;
  readonly detail: string;
  readonly body: string;
}

/** Whole documents, for an empty file or behind `---`. */
export const DOCUMENT_SNIPPETS: readonly Snippet[] = [
  {
    label: 'Runbook',
    detail: 'a whole runbook to fill in',
    body: [
      'apiVersion: drillbook/v1',
      'kind: Runbook',
      'metadata:',
      '  name: ${1:orders-db}',
      '  title: ${2:Restore the orders database}',
      '  owners:',
      '    - { name: ${3:Payments on-call}, contact: "${4:#payments-oncall}" }',
      '    - { name: ${5:Data platform}, contact: ${6:data-platform@example.com} }',
      'dataClass: ${7:customer-critical}',
      'recovery: ${8|scripted,passive,automated|}',
      'resources:',
      '  primary:',
      '    kind: ${9:aws/rds-instance}',
      '    id: ${10:orders-prod}',
      '  vault:',
      '    kind: aws/s3-bucket',
      '    id: ${11:acme-backups}',
      'backups:',
      '  ${12:hourly}:',
      '    of: primary',
      '    tool: ${13:pg_dump}',
      '    in: { bucket: vault, prefix: ${14:orders/}, match: "${15:*.dump}" }',
      '    schedule: "${16:0 * * * *}"',
      '    retention: ${17:35d}',
      'restore:',
      '  rpo: ${18:2h}',
      '  rto: ${19:1h}',
      '  steps:',
      '    - id: load',
      '      run: ${20:pg_restore --exit-on-error --dbname "\\$TARGET" orders.dump}',
      '      timeout: ${21:30m}',
      'dryRuns:',
      '  ${22:orders}:',
      '    backup: ${12:hourly}',
      '    sandbox: { engine: ${23:postgres}, version: "${24:15}" }',
      '    checks:',
      '      - { name: ${25:rows came back}, query: ${26:select count(*) from orders}, expect: "${27:>=1}" }',
      '',
    ].join('\n'),
  },
  {
    label: 'Policy',
    detail: 'a whole recovery policy to fill in',
    body: [
      'apiVersion: drillbook/v1',
      'kind: Policy',
      'metadata: { name: ${1:acme} }',
      'classes:',
      '  ${2:customer-critical}:',
      '    recovery: ${3|scripted,passive,automated|}',
      '    rpo: ${4:2h}',
      '    rto: ${5:1h}',
      '    budget: { effort: ${6:15m}, cost: ${7:500 USD} }',
      '    verify:',
      '      checksum: every-backup',
      '      restoreTest: { every: ${8:30d}, level: 3, proves: backup }',
      '      drill: { every: ${9:90d} }',
      '    backups: { copies: 2, immutable: true, encrypted: true, retention: ${10:35d}, separateAccount: true }',
      '    owners: 2',
      '',
    ].join('\n'),
  },
  {
    label: 'Environment',
    detail: 'a whole environment to fill in',
    body: [
      'apiVersion: drillbook/v1',
      'kind: Environment',
      'metadata: { name: ${1:production} }',
      'vars: {}',
      'aws:',
      '  accounts:',
      '    ${2:prod}: { id: "${3:123456789012}", profile: ${4:prod-readonly} }',
      '  regions: [${5:eu-west-1}]',
      'sources: [live]',
      '',
    ].join('\n'),
  },
];

/** Pieces whose first line is a new key of the map at `path`. */
export function keySnippets(kind: string, path: readonly (string | number)[]): readonly Snippet[] {
  const section = `${kind} ${path.join('.')}`;
  if (section === 'Runbook resources')
    return resourceKinds().map((each) => ({
      label: `resource: ${each}`,
      detail: 'with what can be expected of it',
      body: `\${1:name}:\n${indent(resourceBody(each, 2))}`,
    }));
  if (section === 'Policy severity')
    return CATALOGUE.filter((row) => !row.code.startsWith('unchecked/')).map((row) => ({
      label: row.code,
      detail: row.title,
      body: `${row.code}: \${1|information,warning,error,"off"|}`,
    }));
  return Object.hasOwn(NAMED, section) ? (NAMED[section] ?? []) : [];
}

/** Pieces that are a whole item of the sequence at `path`. */
export function itemSnippets(kind: string, path: readonly (string | number)[]): readonly Snippet[] {
  const section = path.findLast((segment) => typeof segment === 'string');
  if (kind !== 'Runbook' || typeof section !== 'string' || path.at(-1) !== 0) return [];
  return Object.hasOwn(ITEMS, section) ? (ITEMS[section] ?? []) : [];
}

/** The resource kinds that the schema knows. */
export function resourceKinds(): readonly string[] {
  const kind = keysAt('Runbook', ['resources', 'any']).find((key) => key.name === 'kind');
  return (kind?.schema.enum ?? []).filter((each): each is string => typeof each === 'string');
}

/** What follows `kind: ` of a resource: the kind, and below it an id and what can be expected. */
export function resourceScaffold(kind: string): string {
  return resourceBody(kind, 1).slice('kind: '.length);
}

function resourceBody(kind: string, first: number): string {
  const expectations = keysAt('Runbook', ['resources', 'any', 'expect'], { resources: { any: { kind, expect: {} } } });
  let stop = first;
  const lines = [`kind: ${kind}`, `id: \${${stop++}:name}`];
  if (kind.startsWith('aws/') && kind !== 'aws/iam-role') lines.push(`region: \${${stop++}:eu-west-1}`);
  const shown = expectations.slice(0, 6);
  if (shown.length > 0) lines.push('expect:');
  for (const { name, schema } of shown) lines.push(`  ${name}: \${${stop++}:${escaped(exampleOf(schema))}}`);
  return lines.join('\n');
}

/** A good first value: the first example, the default, the first allowed value. */
export function exampleOf(schema: JsonSchema): string {
  const value = schema.examples?.[0] ?? schema.default ?? schema.enum?.find((each) => each !== null) ?? schema.const;
  if (value !== undefined) return flowYaml(value);
  const type = [schema.type].flat()[0];
  return type === 'boolean'
    ? 'true'
    : type === 'integer' || type === 'number'
      ? '1'
      : type === 'array'
        ? '[]'
        : type === 'object'
          ? '{}'
          : '""';
}

/** A text inside a snippet's placeholder. */
export function escaped(text: string): string {
  return text.replace(/[\\$}]/gu, '\\$&');
}

function indent(text: string): string {
  return text.replace(/^/gmu, '  ');
}
