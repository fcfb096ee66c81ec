/** Where a dry run restores into: the dry run's own sandbox, one that the environment names, or the provider's. */
import { accountNamed } from '../../references/environment.ts';
import { asMap, asText, dig, type PlainMap } from '../../references/read.ts';
import type { Entry } from '../../workspace.ts';
import type { BackupPlan, SandboxPlan } from '../engine.ts';
import { accessOf } from './access.ts';
import { PROVIDER_TOOLS } from '../backupTools.ts';
import { given } from './values.ts';

/** The sandbox, or the one sentence why there is none. */
export function planSandbox(
  run: PlainMap,
  backup: BackupPlan,
  environment: Entry | undefined,
  level: unknown,
): SandboxPlan | string {
  if (level === 4 && PROVIDER_TOOLS.has(backup.tool)) return planCloud(run, environment);
  const raw = asMap(run['sandbox']);
  const use = asText(raw['use']) ?? (typeof run['sandbox'] === 'string' ? run['sandbox'] : undefined);
  if (use !== undefined) {
    const named = dig(environment?.document.value, 'sandboxes', use);
    if (named === undefined) {
      const known = Object.keys(asMap(dig(environment?.document.value, 'sandboxes')));
      return `The environment ${environment?.name === undefined ? '' : `"${environment.name}" `}has no sandbox "${use}"; it has: ${known.join(', ') || 'none'}.`;
    }
    const settings: PlainMap = { ...asMap(named), ...raw };
    const engine = asText(settings['engine']) ?? engineOf(backup.tool);
    return {
      kind: asText(settings['kind']) ?? engine,
      engine,
      ...given('version', asText(settings['version'])),
      use,
      raw: settings,
    };
  }
  const engine = asText(raw['engine']) ?? engineOf(backup.tool);
  return { kind: asText(raw['kind']) ?? engine, engine, ...given('version', asText(raw['version'])), raw };
}

/** The provider's own restore: where the dry run's sandbox, else the only one of kind cloud in the environment, says. */
function planCloud(run: PlainMap, environment: Entry | undefined): SandboxPlan | string {
  const raw = asMap(run['sandbox']);
  const declared = asMap(dig(environment?.document.value, 'sandboxes'));
  const clouds = Object.keys(declared).filter((each) => asText(dig(declared, each, 'kind')) === 'cloud');
  const use = asText(raw['use']) ?? (clouds.length === 1 ? clouds[0] : undefined);
  if (use !== undefined && !clouds.includes(use))
    return `Level 4 needs a sandbox of kind cloud, and "${use}" is none; the environment has: ${clouds.join(', ') || 'none'}.`;
  const settings: PlainMap = { ...(use === undefined ? {} : asMap(declared[use])), ...raw };
  const account = asText(settings['account']);
  if (account !== undefined && environment && !accountNamed(environment, account, 'aws'))
    return `Sandbox "${use ?? ''}" names the account "${account}", which the environment doesn't have.`;
  return {
    kind: 'cloud',
    engine: 'cloud',
    ...given('use', use),
    ...(account === undefined ? {} : { access: accessOf(environment, account, asText(settings['region'])) }),
    raw: settings,
  };
}

function engineOf(tool: string): string {
  if (/^pg|^postgres|barman|wal-g/u.test(tool)) return 'postgres';
  if (/^mariadb/u.test(tool)) return 'mariadb';
  if (/^mysql|^xtrabackup/u.test(tool)) return 'mysql';
  return tool === 'sqlite' ? 'sqlite' : 'files';
}
