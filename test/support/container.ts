/** Podman for tests, with an image made of this machine's own PostgreSQL: no registry is asked. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

export interface TestImage {
  readonly image: string;
  /** Folder to put first on PATH: its `podman` works on machines that can't set limits or control groups. */
  readonly path: string;
  /** Names of containers that are there. */
  containers(): string;
  remove(): void;
}

const LIMITS = '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n';

/** Undefined, with why, where no container can be run. @throws Error that names podman where it is missing. */
export function makeImage(bin: string): TestImage | string {
  const podman = '/usr/bin/podman';
  if (!existsSync(podman)) throw new Error('podman is missing: install podman and runc.');
  const folder = mkdtempSync('/tmp/dbk-image-');
  const conf = path.join(folder, 'containers.conf');
  writeFileSync(conf, `${LIMITS}[engine]\nruntime = "runc"\n`);
  const wrapper = path.join(folder, 'podman');
  writeFileSync(wrapper, `#!/bin/sh\nCONTAINERS_CONF=${conf} exec ${podman} "$@"\n`);
  chmodSync(wrapper, 0o755);
  const image = `localhost/drillbook-test:${process.pid}`;
  const root = path.join(folder, 'root');
  mkdirSync(root);
  execFileSync('/bin/sh', ['-ec', ROOT_FILES, root, bin], { stdio: ['ignore', 'ignore', 'pipe'] });
  execFileSync('/bin/sh', ['-ec', `tar -C '${root}' -cf - . | '${wrapper}' import - ${image}`], { stdio: 'ignore' });
  rmSync(root, { recursive: true });
  const remove = (): void => {
    spawnSync(wrapper, ['rmi', '--force', image], { stdio: 'ignore' });
    rmSync(folder, { recursive: true, force: true });
  };
  const tried = spawnSync(wrapper, ['run', '--rm', '--network', 'none', image, '/bin/sh', '-c', 'exit 0'], {
    encoding: 'utf8',
  });
  if (tried.status !== 0) {
    remove();
    return tried.stderr.trim();
  }
  return {
    image,
    path: folder,
    containers: () => execFileSync(wrapper, ['ps', '--all', '--format', '{{.Names}}'], { encoding: 'utf8' }).trim(),
    remove,
  };
}

/** `$0` gets a shell, the server of `$1`, and every library that they are linked with. */
const ROOT_FILES = `
root=$0; bin=$1; home=$(dirname "$bin"); major=$(basename "$home")
mkdir -p "$root/bin" "$root/tmp" "$root/etc" "$root/run" "$root$home" "$root/usr/share/postgresql"
chmod 1777 "$root/tmp"
cp -a "$home/bin" "$home/lib" "$root$home/"
[ ! -d "/usr/share/postgresql/$major" ] || cp -a "/usr/share/postgresql/$major" "$root/usr/share/postgresql/"
[ ! -d /usr/share/zoneinfo ] || cp -a /usr/share/zoneinfo "$root/usr/share/"
cp "$(readlink -f /bin/sh)" "$root/bin/sh"
: > "$root/etc/passwd"
for file in "$root/bin/sh" "$root$home"/bin/* "$root$home"/lib/*.so; do ldd "$file" 2>/dev/null || true; done |
  grep -o '/[^ ]*\\.so[^ ]*' | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")"; cp -L "$library" "$root$library"
  done
`;
