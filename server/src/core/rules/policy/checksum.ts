/** A backup has no checksum, though its class asks for one with every backup. */
import { PROVIDER_TOOLS } from '../../recovery/backupTools.ts';
import { addKey, replaceValue } from '../edits.ts';
import { at } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

/** Tools that keep checksums of their own in their repository, and the provider's own backups. */
const SELF_CHECKING: ReadonlySet<string> = new Set([...PROVIDER_TOOLS, 'pgbackrest', 'restic', 'command']);

export const checksum = runbookRule(
  { id: 'policy/checksum', title: 'A backup has no checksum, though the class asks for one.' },
  (view, say) => {
    if (at(view.class?.value, 'verify', 'checksum') !== 'every-backup') return;
    for (const backup of view.backups) {
      const own = backup.value['checksum'];
      if ((own !== undefined && own !== 'none') || backup.copyOf !== undefined) continue;
      if (SELF_CHECKING.has(backup.tool) || backup.tool === '') continue;
      say(
        own === undefined ? backup.path : [...backup.path, 'checksum'],
        `Backup ${backup.name} has no checksum, but ${classWords(view)} asks for one with every backup: write a sidecar when it is made, and say checksum: sha256.`,
        own === undefined
          ? { at: 'key', fixes: addKey(view.entry, backup.path, 'checksum', 'sha256', 'Add checksum: sha256') }
          : {
              actual: own,
              fixes: replaceValue(view.entry, [...backup.path, 'checksum'], 'sha256', 'Change it to sha256'),
            },
      );
    }
  },
);
