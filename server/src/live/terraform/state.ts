/** A Terraform state, as a state file (version 4) or from `terraform show -json`, as a flat list of what it manages. */
import { entriesOf, field, listOf, textOf } from '../../core/drift/expected.ts';

/** One managed instance. Attributes that the state marks as sensitive are gone before anybody can read them. */
export interface StateInstance {
  /** `module.a.aws_db_instance.main[0]`. */
  readonly address: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface State {
  readonly instances: readonly StateInstance[];
  /** ISO 8601, where the state itself says when it was written. */
  readonly writtenAt: string | undefined;
}

/** Reads either format. @throws Error with a sentence where the text is neither. */
export function parseState(text: string): State {
  let value: unknown;
  try {
    // Some shells put a mark before what they write to a file.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new Error('it is no JSON');
  }
  if (field(value, 'planned_values') !== undefined)
    throw new Error('it is a plan and no state; write the state with "terraform show -json", without a plan file');
  if (field(value, 'values') !== undefined || field(value, 'format_version') !== undefined) {
    return {
      instances: shownModule(field(value, 'values', 'root_module')),
      writtenAt: textOf(field(value, 'timestamp')),
    };
  }
  const version = field(value, 'version');
  if (version !== 4)
    throw new Error(
      `it is no state of version 4, nor the output of "terraform show -json"${version === undefined ? '' : ` (its version is ${JSON.stringify(version)})`}`,
    );
  return { instances: listOf(field(value, 'resources')).flatMap(stateResource), writtenAt: undefined };
}

function stateResource(resource: unknown): StateInstance[] {
  if (field(resource, 'mode') !== 'managed') return [];
  const type = textOf(field(resource, 'type')) ?? '';
  const module = textOf(field(resource, 'module'));
  const base = `${module === undefined ? '' : `${module}.`}${type}.${textOf(field(resource, 'name')) ?? ''}`;
  return (
    listOf(field(resource, 'instances'))
      // A tainted instance or a deposed one is about to be replaced.
      .filter((instance) => field(instance, 'deposed') === undefined)
      .map((instance) => {
        const index = field(instance, 'index_key');
        const hidden = listOf(field(instance, 'sensitive_attributes')).flatMap(
          (path) => textOf(field(listOf(path)[0], 'value')) ?? [],
        );
        return {
          address: index === undefined ? base : `${base}[${JSON.stringify(index)}]`,
          type,
          attributes: without(field(instance, 'attributes'), hidden),
        };
      })
  );
}

function shownModule(module: unknown): StateInstance[] {
  const own = listOf(field(module, 'resources'))
    .filter((resource) => field(resource, 'mode') === 'managed')
    .map((resource) => ({
      address: textOf(field(resource, 'address')) ?? '',
      type: textOf(field(resource, 'type')) ?? '',
      attributes: without(
        field(resource, 'values'),
        entriesOf(field(resource, 'sensitive_values')).flatMap(([name, marked]) => (isMarked(marked) ? [name] : [])),
      ),
    }));
  return [...own, ...listOf(field(module, 'child_modules')).flatMap(shownModule)];
}

/** `true`, or a structure with a `true` somewhere in it. */
function isMarked(value: unknown): boolean {
  if (value === true) return true;
  if (Array.isArray(value)) return value.some(isMarked);
  return entriesOf(value).some(([, each]) => isMarked(each));
}

function without(attributes: unknown, hidden: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(entriesOf(attributes).filter(([name]) => !hidden.includes(name)));
}
