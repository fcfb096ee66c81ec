/** A backup lies unencrypted, though its class asks for encryption. */
import { at, written } from '../read.ts';
import type { BackupView, RunbookView } from '../runbookView.ts';
import type { Path } from '../../document/node.ts';
import { runbookRule } from '../say.ts';
import { classWords, listWords } from '../words.ts';

export const encrypted = runbookRule(
  { id: 'policy/encrypted', title: 'A backup lies unencrypted, though the class asks for encryption.' },
  (view, say) => {
    if (at(view.class?.value, 'backups', 'encrypted') !== true) return;
    const faults = new Map<string, { readonly fault: Fault; readonly names: string[] }>();
    for (const backup of view.backups) {
      const fault = openPlace(view, backup);
      if (!fault) continue;
      // One open bucket is one fault, however many backups lie in it.
      const key = fault.path.join(' ');
      const known = faults.get(key);
      if (known) known.names.push(backup.name);
      else faults.set(key, { fault, names: [backup.name] });
    }
    for (const { fault, names } of faults.values()) {
      say(
        fault.path,
        `${names.length === 1 ? 'Backup' : 'Backups'} ${listWords(names)} ${names.length === 1 ? 'lies' : 'lie'} unencrypted: ${fault.why}; ${classWords(view)} asks for encryption, so ${fault.mend}.`,
      );
    }
  },
);

interface Fault {
  readonly path: Path;
  readonly why: string;
  readonly mend: string;
}

/** Only what is known to be open: S3 encrypts what nobody configured, and restic always does. */
function openPlace(view: RunbookView, backup: BackupView): Fault | undefined {
  if (backup.value['decrypt'] !== undefined || backup.tool === 'restic') return undefined;
  const bucket = view.resources.get(backup.bucket ?? '');
  if (bucket?.expect['encryption'] === 'none') {
    return {
      path: [...bucket.path, 'expect', 'encryption'],
      why: `bucket ${bucket.name} is expected to have encryption none`,
      mend: 'encrypt the bucket and expect aws:kms',
    };
  }
  if (at(backup.value, 'in', 'folder') !== undefined) {
    return {
      path: [...backup.path, 'in', 'folder'],
      why: `it is a plain file in folder ${written(at(backup.value, 'in', 'folder'))}`,
      mend: 'encrypt the file and say how it is decrypted with decrypt',
    };
  }
  const source = view.resources.get(backup.of ?? '');
  const provider = ['rds-snapshot', 'aws-backup', 'ebs-snapshot'].includes(backup.tool);
  if (provider && source?.expect['storageEncrypted'] === false) {
    return {
      path: [...source.path, 'expect', 'storageEncrypted'],
      why: `its source ${source.name} is expected to have unencrypted storage, and a snapshot is as its source`,
      mend: 'encrypt the source',
    };
  }
  return undefined;
}
