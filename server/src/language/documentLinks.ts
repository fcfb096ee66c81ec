/** Document links: consoles of what URIs, ARNs and ids name, web addresses, files that a document names, pages of codes. */
import type { DocumentLink } from 'vscode-languageserver-types';
import { consoleHost } from '../core/drift/console.ts';
import { nodeAt, rangeOf, resolved } from '../core/document/navigate.ts';
import type { ScalarNode, Span } from '../core/document/node.ts';
import { arnOf } from '../core/references/arn.ts';
import { resourcesOf } from '../core/references/effective.ts';
import { contentSpan, implicitReferencesOf } from '../core/references/references.ts';
import { placedText } from '../core/references/scalarText.ts';
import { scopeOf } from '../core/references/scope.ts';
import { scalarsOf } from '../core/references/scalars.ts';
import { find } from '../core/references/walk.ts';
import { suppressionsOf } from '../core/suppression/suppressions.ts';
import type { Entry } from '../core/workspace.ts';
import { folderOf } from '../core/workspaceIndex.ts';
import type { LanguageContext } from './context.ts';

/** Every link of the file, in order of place; `pageOf` gives the address of the page that explains a code. */
export function documentLinks(
  context: LanguageContext,
  pageOf: (code: string) => string | undefined = () => undefined,
): DocumentLink[] {
  const found: { readonly span: Span; readonly target: string; readonly tooltip: string }[] = [];
  for (const entry of context.entries) {
    for (const link of [
      ...resourceLinks(context, entry),
      ...implicitLinks(context, entry),
      ...fileLinks(context, entry),
      ...codeLinks(context, entry, pageOf),
      ...webLinks(entry),
    ]) {
      if (!found.some((each) => link.span.start < each.span.end && each.span.start < link.span.end)) found.push(link);
    }
  }
  found.sort((one, other) => one.span.start - other.span.start);
  return found.map(({ span, target, tooltip }) => ({ range: rangeOf(context.parsed, span), target, tooltip }));
}

interface Link {
  readonly span: Span;
  readonly target: string;
  readonly tooltip: string;
}

function resourceLinks(context: LanguageContext, entry: Entry): readonly Link[] {
  return resourcesOf(entry, context.workspace).flatMap((resource): Link[] => {
    const node = resource.implicit ? undefined : resolved(nodeAt(entry.document, [...resource.path, 'id']));
    if (node?.kind !== 'scalar' || resource.id === undefined) return [];
    const console = consoleOf({
      kind: resource.kind,
      id: resource.id,
      region: resource.region,
      account: resource.accountId,
    });
    return console === undefined ? [] : [{ span: contentSpan(node), target: console, tooltip: 'Open in the console' }];
  });
}

function implicitLinks(context: LanguageContext, entry: Entry): readonly Link[] {
  return implicitReferencesOf(entry, scopeOf(entry, context.workspace)).flatMap((reference): Link[] => {
    const console = consoleOf({
      kind: reference.kind,
      id: reference.id,
      region: reference.region,
      account: reference.account,
    });
    return console === undefined
      ? []
      : [{ span: reference.span, target: console, tooltip: `Open ${reference.id} in the console` }];
  });
}

/** The page of the provider's console that shows a resource; undefined where none can be told for sure. */
function consoleOf(resource: {
  readonly kind: string;
  readonly id: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
}): string | undefined {
  const id = encodeURIComponent(resource.id);
  const host = consoleHost(resource.region ?? '');
  const region = resource.region === undefined ? '' : `region=${encodeURIComponent(resource.region)}`;
  switch (resource.kind) {
    case 'aws/s3-bucket':
      return `https://${host.endsWith('.amazon.com') ? 's3.' : ''}${host}/s3/buckets/${id}${region === '' ? '' : `?${region}`}`;
    case 'aws/rds-instance':
      return region === '' ? undefined : `https://${host}/rds/home?${region}#database:id=${id};is-cluster=false`;
    case 'aws/rds-cluster':
      return region === '' ? undefined : `https://${host}/rds/home?${region}#database:id=${id};is-cluster=true`;
    case 'aws/iam-role':
      return `https://${host}/iam/home#/roles/${encodeURIComponent(resource.id.split('/').at(-1) ?? resource.id)}`;
    case 'gcp/storage-bucket':
      return `https://console.cloud.google.com/storage/browser/${id}`;
    default: {
      if (!resource.kind.startsWith('aws/')) return undefined;
      const made = arnOf(resource);
      return 'arn' in made ? `https://${host}/go/view?arn=${encodeURIComponent(made.arn)}` : undefined;
    }
  }
}

const FILE_PLACES: readonly (readonly string[])[] = [
  ['sources', '[]', 'terraform', '[]'],
  ['sources', '[]', 'observations', '[]'],
  ['databases', '*', 'ca'],
];

/** Files that an environment names, relative to itself. */
function fileLinks(context: LanguageContext, entry: Entry): readonly Link[] {
  if (entry.kind !== 'Environment') return [];
  return FILE_PLACES.flatMap((place) => find(entry.document, place)).flatMap(({ node }): Link[] => {
    const path =
      node.kind === 'scalar' && typeof node.value === 'string' ? joined(folderOf(entry.file), node.value) : undefined;
    if (path === undefined || node.kind !== 'scalar') return [];
    return [{ span: contentSpan(node), target: context.uriOf(path), tooltip: `Open ${path}` }];
  });
}

/** The pages of the codes that a policy rates and that a comment suppresses. */
function codeLinks(
  context: LanguageContext,
  entry: Entry,
  pageOf: (code: string) => string | undefined,
): readonly Link[] {
  const rated = entry.kind === 'Policy' ? resolved(nodeAt(entry.document, ['severity'])) : undefined;
  const keys = rated?.kind === 'map' ? rated.pairs.map((pair) => pair.key) : [];
  const written = keys.flatMap((key) =>
    key.kind === 'scalar' ? [{ code: String(key.value), span: contentSpan(key) }] : [],
  );
  const suppressed = suppressionsOf(context.parsed)
    .filter((each) => each.document === entry.document.index)
    .map(({ code, codeSpan }) => ({ code, span: codeSpan }));
  return [...written, ...suppressed].flatMap(({ code, span }): Link[] => {
    const target = pageOf(code);
    return target === undefined ? [] : [{ span, target, tooltip: `What ${code} means` }];
  });
}

/** A relative path from the root of the workspace; undefined where it leaves it or is none. */
function joined(folder: string, path: string): string | undefined {
  if (path === '' || path.startsWith('/') || path.startsWith('~') || path.includes('${{') || path.includes('://'))
    return undefined;
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else parts.push(part);
  }
  return parts.join('/');
}

const WEB = /https?:\/\/[^\s"'`<>()[\]{}|\\^$]+/g;

function mayHoldAddress(node: ScalarNode): boolean {
  return typeof node.value === 'string' && (node.value.includes('://') || node.value.includes('@'));
}

/** Web addresses in any text, and e-mail addresses of owners. */
function webLinks(entry: Entry): readonly Link[] {
  return scalarsOf(entry.document, mayHoldAddress).flatMap(({ node, path }): readonly Link[] => {
    if (typeof node.value !== 'string') return [];
    if (path.at(-1) === 'contact' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(node.value)) {
      return [{ span: contentSpan(node), target: `mailto:${node.value}`, tooltip: 'Write an e-mail' }];
    }
    return node.value.includes('://') ? addressesIn(entry, node) : [];
  });
}

function addressesIn(entry: Entry, node: ScalarNode): readonly Link[] {
  const placed = placedText(entry.parsed.text, node);
  if (!placed) return [];
  return [...placed.text.matchAll(WEB)].flatMap((match): Link[] => {
    const written = match[0].replace(/[.,:;!?]+$/, '');
    // An address that a variable goes on with leads nowhere, and one with a signature is a secret.
    if (
      placed.text.charAt(match.index + match[0].length) === '$' ||
      /(?:[?&](?:sig|X-Amz-Signature)=|^https?:\/\/[^/]*@)/.test(written)
    )
      return [];
    return [{ span: placed.spanOf(match.index, match.index + written.length), target: written, tooltip: 'Open' }];
  });
}
