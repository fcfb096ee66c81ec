/** Where a document uses a name, and what the name has to mean there: the table behind findings, navigation and rename. */
import type { DocumentKind } from '../document/node.ts';
import { patternTree, type PatternTree } from './walk.ts';

/** What a name can mean. */
export type Target =
  | 'resource'
  | 'backup'
  | 'step'
  | 'runbook'
  | 'class'
  | 'environment'
  | 'policy'
  | 'account'
  | 'database'
  | 'sandbox'
  | 'variable';

/** One place: a path with `*` for any key and `[]` for any item (and for the one value that stands in place of a list). */
export interface NamePlace {
  readonly path: readonly string[];
  readonly target: Target;
  /** Kinds of resource that fit here, by the first letters of `kind`; any where left out. */
  readonly kinds?: readonly string[];
  /** What the place is called in messages, when its kinds don't fit. */
  readonly role?: string;
  /** It may also be an outside name (an ARN, a vault's own name): then it is a reference only where such a resource is declared. */
  readonly loose?: true;
  /** Texts of this shape are outside names, never resources. */
  readonly outside?: RegExp;
  /** Only in resources whose kind begins like this. */
  readonly whenKind?: string;
}

const OUTSIDE = /[:/*]/;
const ROLES = ['aws/iam-role', 'gcp/service-account', 'azure/role-assignment'];
const STORES = ['aws/s3-bucket', 'gcp/storage-bucket', 'azure/blob-container'];
const VAULTS = ['aws/backup-vault', 'aws/recovery-points'];

const RUNBOOK_PLACES: readonly NamePlace[] = [
  { path: ['environment'], target: 'environment' },
  { path: ['dataClass'], target: 'class' },
  { path: ['replica'], target: 'resource' },
  { path: ['resources', '*', 'account'], target: 'account' },
  { path: ['resources', '*', 'id'], target: 'database', whenKind: 'database/' },
  { path: ['resources', '*', 'expect', 'allows', '[]', 'on', '[]'], target: 'resource', outside: OUTSIDE },
  { path: ['resources', '*', 'expect', 'of'], target: 'resource', outside: OUTSIDE },
  { path: ['resources', '*', 'expect', 'kmsKey'], target: 'resource', loose: true },
  { path: ['resources', '*', 'expect', 'replicatesTo'], target: 'resource', loose: true },
  { path: ['backups', '*', 'of'], target: 'resource' },
  { path: ['backups', '*', 'in', 'bucket'], target: 'resource', kinds: STORES, role: 'the bucket of a backup' },
  {
    path: ['backups', '*', 'in', 'vault'],
    target: 'resource',
    kinds: VAULTS,
    role: 'the vault of a backup',
    loose: true,
  },
  { path: ['backups', '*', 'role'], target: 'resource', kinds: ROLES, role: 'the role that writes backups' },
  { path: ['backups', '*', 'replica'], target: 'resource' },
  { path: ['backups', '*', 'copyOf'], target: 'backup' },
  { path: ['restore', 'role'], target: 'resource', kinds: ROLES, role: 'the role that restores' },
  { path: ['restore', 'dependsOn', '[]'], target: 'runbook' },
  { path: ['restore', 'steps', '[]', 'needs', '[]'], target: 'step' },
  { path: ['dryRuns', '*', 'backup'], target: 'backup' },
  { path: ['dryRuns', '*', 'backups', '[]'], target: 'backup' },
  { path: ['dryRuns', '*', 'sandbox', 'use'], target: 'sandbox' },
  { path: ['dryRuns', '*', 'checks', '[]', 'backup'], target: 'backup' },
];

const POLICY_PLACES: readonly NamePlace[] = [
  { path: ['extends', '[]'], target: 'policy' },
  { path: ['evidence', 'in', 'environment'], target: 'environment' },
  { path: ['evidence', 'in', 'account'], target: 'account' },
];

const ENVIRONMENT_PLACES: readonly NamePlace[] = [
  { path: ['sources', '[]', 'awsConfig', 'account'], target: 'account' },
  { path: ['sandboxes', '*', 'account'], target: 'account' },
];

/** The places where a document of that kind uses names. */
export function namePlaces(kind: DocumentKind): readonly NamePlace[] {
  switch (kind) {
    case 'Runbook':
      return RUNBOOK_PLACES;
    case 'Policy':
      return POLICY_PLACES;
    case 'Environment':
      return ENVIRONMENT_PLACES;
  }
}

const NAME_TREES: Readonly<Record<DocumentKind, PatternTree<NamePlace>>> = {
  Runbook: patternTree(RUNBOOK_PLACES.map((place) => [place.path, place] as const)),
  Policy: patternTree(POLICY_PLACES.map((place) => [place.path, place] as const)),
  Environment: patternTree(ENVIRONMENT_PLACES.map((place) => [place.path, place] as const)),
};

/** The same as one tree, for a single walk over the document. */
export function namePlaceTree(kind: DocumentKind): PatternTree<NamePlace> {
  return NAME_TREES[kind];
}

/** The places where a runbook names other runbooks, and a policy others: what documents depend on each other by. */
export const NEEDED: Readonly<Record<'Runbook' | 'Policy', PatternTree<NamePlace>>> = {
  Runbook: treeOf(RUNBOOK_PLACES, 'runbook'),
  Policy: treeOf(POLICY_PLACES, 'policy'),
};

function treeOf(places: readonly NamePlace[], target: Target): PatternTree<NamePlace> {
  return patternTree(places.filter((place) => place.target === target).map((place) => [place.path, place] as const));
}

/** Where a document introduces names that others use. */
export interface DeclarationPlace {
  readonly path: readonly string[];
  readonly target: Target;
  /** The name is the key at the end of the path, or the value there. */
  readonly by: 'key' | 'value';
}

const DECLARATIONS: Readonly<Record<DocumentKind, readonly DeclarationPlace[]>> = {
  Runbook: [
    { path: ['metadata', 'name'], target: 'runbook', by: 'value' },
    { path: ['resources', '*'], target: 'resource', by: 'key' },
    { path: ['backups', '*'], target: 'backup', by: 'key' },
    { path: ['restore', 'steps', '[]', 'id'], target: 'step', by: 'value' },
  ],
  Policy: [
    { path: ['metadata', 'name'], target: 'policy', by: 'value' },
    { path: ['classes', '*'], target: 'class', by: 'key' },
  ],
  Environment: [
    { path: ['metadata', 'name'], target: 'environment', by: 'value' },
    { path: ['vars', '*'], target: 'variable', by: 'key' },
    { path: ['aws', 'accounts', '*'], target: 'account', by: 'key' },
    { path: ['gcp', 'projects', '*'], target: 'account', by: 'key' },
    { path: ['azure', 'subscriptions', '*'], target: 'account', by: 'key' },
    { path: ['kubernetes', 'clusters', '*'], target: 'account', by: 'key' },
    { path: ['databases', '*'], target: 'database', by: 'key' },
    { path: ['sandboxes', '*'], target: 'sandbox', by: 'key' },
  ],
};

/** The places where a document of that kind introduces names. */
export function declarationPlaces(kind: DocumentKind): readonly DeclarationPlace[] {
  return DECLARATIONS[kind];
}
