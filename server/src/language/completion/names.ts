/** The names that can stand at a place: resources, backups, runbooks, classes, … of this document and its workspace. */
import { accountsOf, environmentOf, regionsOf } from '../../core/references/environment.ts';
import { namePlaces, type NamePlace, type Target } from '../../core/references/places.ts';
import { policyOf } from '../../core/references/policy.ts';
import { asMap, asText, dig } from '../../core/references/read.ts';
import type { Entry } from '../../core/workspace.ts';
import type { LanguageContext } from '../context.ts';

export interface Name {
  readonly name: string;
  readonly detail: string;
}

/** What names mean at a path of a document of that kind; undefined where none is meant. */
export function namePlaceAt(
  kind: Entry['kind'],
  path: readonly (string | number)[],
  resourceKind?: string,
): NamePlace | undefined {
  return namePlaces(kind).find(
    (place) =>
      fits(place.path, path) && (place.whenKind === undefined || (resourceKind ?? '').startsWith(place.whenKind)),
  );
}

function fits(pattern: readonly string[], path: readonly (string | number)[]): boolean {
  const listless = pattern.at(-1) === '[]' && path.length === pattern.length - 1;
  if (path.length !== pattern.length && !listless) return false;
  return path.every((segment, index) => {
    const wanted = pattern[index];
    return wanted === '*' || (wanted === '[]' ? typeof segment === 'number' : wanted === String(segment));
  });
}

/** Names that fit a place, in the order of their documents. */
export function namesFor(context: LanguageContext, entry: Entry, place: NamePlace): readonly Name[] {
  const { workspace } = context;
  const value = entry.document.value;
  const environment = entry.kind === 'Environment' ? entry : environmentOf(entry, workspace);
  switch (place.target) {
    case 'resource':
      return Object.entries(asMap(dig(value, 'resources')))
        .filter(([, resource]) => {
          const kind = asText(dig(resource, 'kind')) ?? '';
          return !place.kinds || place.kinds.some((each) => kind.startsWith(each));
        })
        .map(([name, resource]) => ({
          name,
          detail: [asText(dig(resource, 'kind')), asText(dig(resource, 'id'))].filter(Boolean).join(' '),
        }));
    case 'backup':
      return Object.entries(asMap(dig(value, 'backups'))).map(([name, backup]) => ({
        name,
        detail: asText(dig(backup, 'tool')) ?? 'backup',
      }));
    case 'step': {
      const steps = dig(value, 'restore', 'steps');
      return (Array.isArray(steps) ? steps : [])
        .map((step) => ({
          name: asText(dig(step, 'id')) ?? '',
          detail: asText(dig(step, 'manual')) ?? asText(dig(step, 'run')) ?? 'step',
        }))
        .filter((step) => step.name !== '');
    }
    case 'runbook':
      return workspace
        .byKind('Runbook')
        .filter((other) => other.name !== undefined && other.name !== entry.name)
        .map((other) => ({
          name: other.name ?? '',
          detail: asText(dig(other.document.value, 'metadata', 'title')) ?? other.file,
        }));
    case 'class': {
      const policy = policyOf(entry, workspace);
      return Object.keys(policy?.classes ?? {}).map((name) => ({ name, detail: classDetail(policy?.classes[name]) }));
    }
    case 'environment':
    case 'policy':
      return workspace
        .names(place.target === 'environment' ? 'Environment' : 'Policy')
        .filter((name) => name !== entry.name)
        .map((name) => ({ name, detail: place.target }));
    case 'account':
      return environment
        ? accountsOf(environment).map((account) => ({ name: account.alias, detail: account.id ?? 'account' }))
        : [];
    case 'database':
    case 'sandbox': {
      const section = place.target === 'database' ? 'databases' : 'sandboxes';
      return Object.entries(asMap(dig(environment?.document.value, section))).map(([name, each]) => ({
        name,
        detail: [asText(dig(each, 'engine')) ?? asText(dig(each, 'kind')), asText(dig(each, 'host'))]
          .filter(Boolean)
          .join(' '),
      }));
    }
    case 'variable':
      return Object.entries(asMap(dig(environment?.document.value, 'vars'))).map(([name, each]) => ({
        name,
        detail: asText(each) ?? '',
      }));
  }
}

/** The regions that the environment of a runbook names. */
export function regionNames(context: LanguageContext, entry: Entry): readonly Name[] {
  const environment = environmentOf(entry, context.workspace);
  return environment
    ? regionsOf(environment).map((name) => ({ name, detail: `region of ${environment.name ?? 'the environment'}` }))
    : [];
}

function classDetail(value: unknown): string {
  const rpo = asText(dig(value, 'rpo'));
  const rto = asText(dig(value, 'rto'));
  if (dig(value, 'ephemeral') === true) return 'ephemeral';
  return [rpo && `RPO ${rpo}`, rto && `RTO ${rto}`, asText(dig(value, 'mandated'))].filter(Boolean).join(', ');
}

export type { Target };
