/** One backup of a runbook as a dry run needs it: copies followed, expressions resolved, where it lies. */
import { asMap, asText, dig, type PlainMap } from '../../references/read.ts';
import { largestGapMs, parseCron } from '../../values/cron.ts';
import type { BackupLocation, BackupPlan } from '../engine.ts';
import { accessOf } from './access.ts';
import { PROVIDER_TOOLS } from '../backupTools.ts';
import { duration, given, resolvePath, resolved, secret, type Scope } from './values.ts';

/** The backup `name` of `declared`, or the one sentence why it can't be planned. */
export function planBackup(name: string, declared: PlainMap, scope: Scope, folder: string): BackupPlan | string {
  if (!Object.hasOwn(declared, name))
    return `There is no backup "${name}" under "backups"; there are: ${Object.keys(declared).join(', ') || 'none'}.`;
  let raw = asMap(declared[name]);
  for (let hops = 0; raw['copyOf'] !== undefined && hops < 10; hops++) {
    const source = asMap(declared[asText(raw['copyOf']) ?? '']);
    const { copyOf: _copyOf, in: _in, schedule: _schedule, ...rest } = source;
    raw = {
      ...rest,
      ...raw,
      copyOf: source['copyOf'],
      ...(raw['in'] === undefined ? { in: source['in'] } : {}),
      intervalFrom: source['schedule'],
    };
  }
  const tool = asText(raw['tool']);
  if (tool === undefined) return `Backup "${name}" says no tool: set "tool", for example pg_dump.`;
  const settings = asMap(resolved(raw['in'], scope));
  const location = planLocation(name, tool, settings, scope, folder);
  if (typeof location === 'string') return location;
  const decrypt = asMap(raw['decrypt']);
  const schedule = asText(raw['schedule'] ?? raw['intervalFrom']);
  const intervalMs = schedule === undefined ? duration(dig(raw, 'continuous', 'lag')) : cronGap(schedule);
  return {
    name,
    tool,
    ...given('database', asText(raw['database'])),
    location,
    ...given('match', asText(settings['match'])),
    ...given('time', asText(settings['time'])),
    settings,
    ...given('checksum', asText(raw['checksum'])),
    ...given(
      'decrypt',
      raw['decrypt'] === undefined ? undefined : { with: asText(decrypt['with']) ?? '', key: secret(decrypt['key']) },
    ),
    ...given('intervalMs', intervalMs),
    ...given('takesMs', duration(raw['takes'])),
    ...given('of', planSource(asText(raw['of']), scope)),
    raw,
  };
}

function planSource(name: string | undefined, scope: Scope): BackupPlan['of'] {
  const resource = name === undefined ? undefined : asMap(dig(scope.runbook, 'resources', name));
  const kind = asText(resource?.['kind']);
  const id = asText(resolved(resource?.['id'], scope));
  if (!resource || kind === undefined || id === undefined) return undefined;
  return {
    kind,
    id,
    ...given('region', asText(resolved(resource['region'], scope))),
    access: accessOf(
      scope.environment,
      asText(resolved(resource['account'], scope)),
      asText(resolved(resource['region'], scope)),
    ),
    ...given('version', asText(dig(resource, 'expect', 'version'))),
  };
}

function planLocation(
  name: string,
  tool: string,
  settings: PlainMap,
  scope: Scope,
  folder: string,
): BackupLocation | string {
  const bucketName = asText(settings['bucket']);
  if (bucketName !== undefined) {
    const resource = dig(scope.runbook, 'resources', bucketName);
    if (resource === undefined)
      return `Backup "${name}" lies in bucket "${bucketName}", which is no resource of the runbook.`;
    const id = asText(resolved(dig(resource, 'id'), scope));
    if (id === undefined) return `Resource "${bucketName}" has no id.`;
    const region = asText(resolved(dig(resource, 'region'), scope));
    const account = asText(resolved(dig(resource, 'account'), scope));
    return {
      kind: 'bucket',
      bucket: id,
      prefix: asText(settings['prefix']) ?? '',
      ...given('region', region),
      access: accessOf(scope.environment, account, region),
    };
  }
  const path = asText(settings['folder']);
  if (path !== undefined) return { kind: 'folder', folder: resolvePath(folder, path) };
  if (PROVIDER_TOOLS.has(tool) || Object.keys(settings).length > 0 || tool === 'command') return { kind: 'own' };
  return `Backup "${name}" does not say where it lies: set "in" to a bucket or a folder.`;
}

function cronGap(schedule: string): number | undefined {
  const cron = parseCron(schedule);
  return cron ? largestGapMs(cron) : duration(schedule.replace(/^every\s+/iu, ''));
}
