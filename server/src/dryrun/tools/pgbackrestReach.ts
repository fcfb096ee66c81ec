/** What a configuration of pgbackrest may say where it comes with the workspace: no program, and no host that nobody approved. */
import { isAbsolute, relative } from 'node:path';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { EnginePorts } from '../ports.ts';
import { isServiceHost } from '../stores/aws.ts';

/** Where a repository lies and how it is read. What is not here could name a program (`cmd-ssh`) or a machine to run one on (`repo1-host`). */
const HARMLESS = [
  /^repo\d*-(?:path|type|cipher-(?:type|pass)|retention-[\w-]+|bundle[\w-]*|block[\w-]*|hardlink|symlink)$/u,
  /^repo\d*-s3-(?:bucket|region|key|key-secret|key-type|token|role|uri-style|kms-key-id)$/u,
  /^repo\d*-azure-(?:account|container|key|key-type|uri-style)$/u,
  /^repo\d*-gcs-(?:bucket|key|key-type)$/u,
  /^repo\d*-storage-(?:port|verify-tls|ca-file|ca-path|upload-chunk-size)$/u,
  /^pg\d*-(?:path|port|socket-path|user|database)$/u,
  /^(?:archive|backup|log|tcp|sck|compress|expire)-[\w-]+$/u,
  /^(?:buffer-size|checksum-page|db-timeout|delta|exclude|io-timeout|lock-path|manifest-save-threshold|neutral-umask)$/u,
  /^(?:process-max|protocol-timeout|repo|resume|spool-path|start-fast|stop-auto)$/u,
];
/** Options of those families that are older names of others, or name a host. */
const ODD = /^(?:backup-(?:host|cmd|config|ssh|user)[\w-]*|db-(?:host|cmd|config|ssh)[\w-]*)$/u;
const HOSTS = /^repo\d*-(?:s3-endpoint|s3-host|storage-host|azure-endpoint|gcs-endpoint)$/u;
/** What the options stand for where they are left out. */
const PROVIDERS = new Set(['blob.core.windows.net', 'storage.googleapis.com']);

/** Rejects a configuration inside the workspace that could run a program or send secrets away; one elsewhere is the machine's own. */
export async function refuseConfiguration(ports: EnginePorts, root: string, file: string): Promise<void> {
  if (/^\/(?:proc|dev)\//u.test(file))
    throw new StageFault('inconclusive', `The configuration of pgbackrest can't be ${file}; name a file of its own.`);
  const inside = relative(root, file);
  if (inside.startsWith('..') || isAbsolute(inside)) return;
  const text = await ports.files.readText(file).catch(() => '');
  for (const line of text.split(/\r\n|\r|\n/u)) {
    const found = /^\s*([^#;[\s=][^=]*?)\s*=\s*(.*?)\s*$/u.exec(line);
    const [, option = '', value = ''] = found ?? [];
    if (found === null || (HARMLESS.some((each) => each.test(option)) && !ODD.test(option))) continue;
    if (HOSTS.test(option)) refuseUnapproved(ports, hostOf(value));
    else
      throw new StageFault(
        'inconclusive',
        `The option ${option} of ${inside} could name a program or a machine to run one on, and the file comes with the workspace: leave it out, or keep the configuration outside of the workspace.`,
      );
  }
}

function hostOf(value: string): string {
  try {
    return new URL(/^https?:\/\//iu.test(value) ? value : `https://${value}`).hostname;
  } catch {
    return value;
  }
}

function refuseUnapproved(ports: EnginePorts, host: string): void {
  if (PROVIDERS.has(host) || isServiceHost(host) || ports.hosts.isApproved(host)) return;
  throw new StageFault(
    'inconclusive',
    `The host ${host} of the pgbackrest repository is not approved for sending secrets to: approve it with --allow-host ${host}.`,
    { code: 'unchecked/host-not-approved' },
  );
}
