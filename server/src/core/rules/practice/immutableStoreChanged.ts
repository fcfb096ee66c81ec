/** A step moves, deletes or overwrites what lies in an immutable store: in the incident it will be refused. */
import type { RunbookView } from '../runbookView.ts';
import { opinion, spanOf } from '../say.ts';
import { commandsOf } from './commands.ts';

/** Worth a closer look. */
const CHANGES =
  /--bypass-governance|aws s3 (?:rm|mv|sync)|delete-object|s3cmd (?:del|rm|mv)|(?:gsutil|gcloud storage) .{0,40}?(?:rm|mv)|(?:mc|rclone) (?:rm|mv|delete|purge|move)/u;
const BYPASS = /--bypass-governance-retention/u;

export const immutableStoreChanged = opinion(
  { id: 'practice/immutable-store-changed', title: 'A step changes what lies in an immutable store.' },
  (view, say) => {
    let locked: ReadonlyMap<string, string> | undefined;
    for (const command of commandsOf(view)) {
      if (!CHANGES.test(command.text)) continue;
      const bypass = BYPASS.exec(command.text)?.[0];
      if (bypass !== undefined) {
        say(
          command.path,
          `${command.title} asks to bypass the retention lock (${bypass}): restore without it, from a copy, so that the role needs no such right.`,
          spanOf(view.entry, command.path, bypass),
        );
        continue;
      }
      locked ??= lockedBuckets(view);
      for (const [id, name] of locked) {
        const change = changeOf(command.text, id, name);
        if (change === undefined) continue;
        say(
          command.path,
          `${command.title} changes what lies in the immutable bucket ${name} (${change}), which will be refused: copy out of it and leave it as it is.`,
          spanOf(view.entry, command.path, change),
        );
        break;
      }
    }
  },
);

/** Ids of buckets that hold an immutable backup or expect an object lock, with the names of their resources. */
function lockedBuckets(view: RunbookView): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const resource of view.resources.values()) {
    if (!/bucket|container/u.test(resource.kind)) continue;
    const lock = resource.expect['objectLock'] ?? resource.expect['lock'] ?? resource.expect['immutability'];
    const expected = lock !== undefined && lock !== 'none';
    if (
      expected ||
      view.backups.some((backup) => backup.bucket === resource.name && backup.value['immutable'] === true)
    ) {
      found.set(resource.id, resource.name);
    }
  }
  return found;
}

/** The part of a command that deletes, moves out of, or writes into the bucket, by its id or by an expression that names it. */
function changeOf(text: string, id: string, name: string): string | undefined {
  const escaped = id.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
  const uri = `s3://(?:${escaped}|\\$\\{\\{\\s*resources\\.${name}\\.id\\s*\\}\\})(?=[/\\s"']|$)`;
  const latest = `\\$\\{\\{\\s*backups\\.[\\w-]+\\.latest\\.uri\\s*\\}\\}`;
  const patterns = [
    `aws s3 rm [^;|&\\n]*${uri}`,
    `aws s3 mv ["']?(?:${uri}|${latest})`,
    `aws s3 sync [^;|&\\n]*\\s["']?${uri}\\S*["']?[^;|&\\n]*--delete`,
    `aws s3api delete-objects? [^;|&\\n]*--bucket[= ]${escaped}`,
    // Moved out of it; what is moved into it is new there.
    `s3cmd (?:(?:del|rm) [^;|&\\n]*|mv ["']?)${uri}`,
    `(?:gsutil|gcloud storage)(?: -m)? (?:rm [^;|&\\n]*|mv ["']?)gs://${escaped}(?=[/\\s"']|$)`,
    `(?:mc|rclone) (?:(?:rm|delete|purge) [^;|&\\n]*|(?:mv|move) ["']?[\\w.-]+)[:/]${escaped}(?=[/\\s"']|$)`,
  ];
  for (const pattern of patterns) {
    const found = new RegExp(pattern, 'u').exec(text)?.[0];
    if (found !== undefined) return found.split(/\s+/u).slice(0, 3).join(' ');
  }
  return undefined;
}
