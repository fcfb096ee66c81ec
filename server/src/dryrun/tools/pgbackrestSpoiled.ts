/** What the configuration of pgbackrest says, and a stand-in of its repository with a byte of one backup changed. */
import { join } from 'node:path';
import type { BackupPlan, FoundBackup, RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { resolvePath } from '../../core/recovery/dryRunPlan/values.ts';
import { asText } from '../../core/references/read.ts';
import type { EnginePorts } from '../ports.ts';
import { filesBelow } from '../sandboxes/files.ts';
import { standIn } from '../spoiled.ts';
import type { Handle } from './pgbackrestInfo.ts';

/** Where pgbackrest keeps a repository of which nobody says where it is. */
const USUAL = '/var/lib/pgbackrest';

/** The text of the configuration that the runbook names. */
export async function configuration(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<string> {
  const config = asText(backup.settings['config']);
  if (config === undefined) return '';
  return await ports.files.readText(resolvePath(run.plan.folder, config)).catch(() => '');
}

/** The backup in a stand-in of its repository, in which a byte of its largest file is another. */
export async function spoiled(ports: EnginePorts, run: RunContext, found: FoundBackup): Promise<FoundBackup> {
  const handle = found.handle as Handle;
  const text = await configuration(ports, run, found.plan);
  const says = (option: string): string | undefined =>
    new RegExp(`^\\s*${option}\\s*=\\s*(.+?)\\s*$`, 'mu').exec(text)?.[1];
  const elsewhere =
    text === '' ||
    /^\s*repo(?:[2-9]|\d\d+)-/mu.test(text) ||
    says('repo1-host') !== undefined ||
    !['posix', 'cifs', undefined].includes(says('repo1-type'));
  if (elsewhere)
    throw new StageFault(
      'inconclusive',
      'The scenario newest-corrupt can\'t be played with this pgbackrest repository: only the one repository that "in.config" names, in a folder of this machine, can be stood in for; leave the scenario out of this dry run.',
    );
  const root = says('repo1-path') ?? USUAL;
  const folder = `backup/${asText(found.plan.settings['stanza']) ?? ''}/${handle.label}`;
  const files = (await filesBelow(ports, join(root, folder))).filter((each) => !/^backup\.manifest/u.test(each.name));
  const largest = [...files].sort((left, right) => right.bytes - left.bytes)[0];
  if (largest === undefined)
    throw new StageFault('failed', `The backup ${handle.label} of pgbackrest has no file in ${root}/${folder}.`);
  const copy = await standIn(ports, run, root, `${folder}/${largest.name}`, Math.floor(largest.bytes / 2));
  return { ...found, handle: { ...handle, base: [...handle.base, `--repo1-path=${copy}`] } satisfies Handle };
}
