/** Takes the network from a restored server where the platform lets us: a namespace of its own, in which only Unix sockets work. */
import type { Gates, Owner } from '../core/ports.ts';
import type { RunContext } from '../core/recovery/engine.ts';
import type { EnginePorts } from './ports.ts';
import { toolEnvironment } from './tool.ts';

/** A way to start a program without a network, tried out, and what it keeps the program from. */
export interface Isolation {
  /** What stands before the command. */
  readonly prefix: readonly string[];
  /** The user to start it as; left out where the prefix changes to that user itself. */
  readonly owner?: Owner;
  /** For the record: which isolation is in force. */
  readonly words: string;
}

/** How a server is started, and what that keeps it from. */
export interface Isolated extends Omit<Isolation, 'prefix'> {
  readonly command: string;
  readonly args: readonly string[];
}

const NO_NETWORK = 'no network: a network namespace of its own, Unix sockets only';
const NO_LISTENER = 'no listener, Unix sockets only; connections out could not be taken away here';
const PROBE_MS = 5000;

/** Wraps a server's command so that it has no network at all, where `findIsolation` (or `isolation`) has a way. */
export async function withoutNetwork(
  ports: EnginePorts,
  run: RunContext,
  command: string,
  args: readonly string[],
  isolation?: Isolation,
): Promise<Isolated> {
  const { prefix, ...rest } = isolation ?? (await findIsolation(ports, run));
  const [first = command, ...before] = prefix;
  return { ...rest, command: first, args: prefix.length === 0 ? args : [...before, command, ...args] };
}

/** Tries the ways to take the network from a program; says so where it could only be kept from listening. */
export async function findIsolation(ports: EnginePorts, run: RunContext): Promise<Isolation> {
  const owner = run.owner === undefined ? {} : { owner: run.owner };
  if (ports.machine.platform === 'linux') {
    const unshare = await ports.processes.find('unshare', ['/usr/bin', '/bin']);
    for (const way of unshare === undefined ? [] : await waysOf(ports, run, unshare)) {
      const [first = '', ...rest] = way.prefix;
      const probe = await ports.processes
        .run(first, [...rest, '/bin/sh', '-c', 'exit 0'], {
          env: toolEnvironment(ports, run),
          cwd: run.folder,
          timeoutMs: PROBE_MS,
          ...(way.asOwner ? owner : {}),
        })
        .catch(() => undefined);
      if (probe?.code === 0) return { prefix: way.prefix, ...(way.asOwner ? owner : {}), words: NO_NETWORK };
    }
  }
  run.note({
    severity: 'information',
    code: 'network-not-taken',
    message:
      'The restored server listened nowhere, but nothing here could keep it from connecting out: run dry runs on Linux, as root or where user namespaces are allowed.',
  });
  return { prefix: [], ...owner, words: NO_LISTENER };
}

/** Status of the probe where nothing on the machine brings the loopback up. */
const NO_LOOPBACK = 97;

/**
 * A way that takes the network and leaves a loopback of the program's own, in which a gate's relay runs; else what is lacking, and
 * never less than `findIsolation` takes away.
 */
export async function findLoopback(
  ports: EnginePorts,
  run: RunContext,
  gates: Gates,
): Promise<Isolation | { readonly why: string }> {
  const no = (why: string): { readonly why: string } => ({
    why: `nothing here can keep them from the rest of the network: ${why}`,
  });
  if (ports.machine.platform !== 'linux') return no('only Linux can; run there');
  const unshare = await ports.processes.find('unshare', ['/usr/bin', '/bin']);
  const setpriv = await ports.processes.find('setpriv', ['/usr/bin', '/bin']);
  if (unshare === undefined || setpriv === undefined)
    return no(`${unshare === undefined ? 'unshare' : 'setpriv'} is not on this machine; install util-linux`);
  const { command, env } = gates.relay('');
  let why: string | undefined;
  for (const { prefix, asOwner } of loopbackWays(run, unshare, setpriv)) {
    const owner = asOwner && run.owner ? { owner: run.owner } : {};
    const [first = '', ...rest] = prefix;
    const probe = await ports.processes
      .run(first, [...rest, command, '--version'], {
        env: { ...toolEnvironment(ports, run), ...env },
        cwd: run.folder,
        timeoutMs: PROBE_MS,
        ...owner,
      })
      .catch(() => undefined);
    if (probe?.code === 0) return { prefix, ...owner, words: NO_NETWORK };
    // The first way that came so far says most.
    if (probe?.code === NO_LOOPBACK) why ??= 'no program brings up the loopback of their namespace; install iproute2';
    else if (probe?.code === 126 || probe?.code === 127)
      why ??= `their user can't start ${command}; install Node where every user may start it`;
  }
  return no(why ?? 'namespaces are not allowed; run as root, or where user namespaces are allowed');
}

/** Brings up the loopback of a new namespace by what the machine has for it, from the system's own folders, and goes on. */
const LOOPBACK = `PATH=/usr/sbin:/sbin:/usr/bin:/bin
{ ip link set lo up || ifconfig lo up || busybox ip link set lo up || perl -e 'socket(S, 2, 2, 0) or die; my $r = pack("Z16 s x22", "lo", 0x49); ioctl(S, 0x8914, $r) or die'; } 2>/dev/null || exit ${NO_LOOPBACK}
exec "$@"`;

function loopbackWays(
  run: RunContext,
  unshare: string,
  setpriv: string,
): readonly { readonly prefix: readonly string[]; readonly asOwner: boolean }[] {
  const up = ['/bin/sh', '-c', LOOPBACK, 'sh'];
  const byUser = {
    prefix: [
      ...[unshare, '--user', '--map-current-user', '--net', '--keep-caps', '--', ...up],
      ...[setpriv, '--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--no-new-privs', '--'],
    ],
    asOwner: true,
  };
  return run.owner
    ? [{ prefix: [unshare, '--net', '--', ...up, ...dropTo(setpriv, run.owner)], asOwner: false }, byUser]
    : [byUser];
}

function dropTo(setpriv: string, owner: Owner): readonly string[] {
  return [setpriv, `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--no-new-privs', '--'];
}

/** Root leaves the network and then its rights; everyone else leaves it through a user namespace. Each keeps its process id. */
async function waysOf(
  ports: EnginePorts,
  run: RunContext,
  unshare: string,
): Promise<readonly { readonly prefix: readonly string[]; readonly asOwner: boolean }[]> {
  const byUser = { prefix: [unshare, '--user', '--map-current-user', '--net', '--'], asOwner: true };
  const setpriv = run.owner && (await ports.processes.find('setpriv', ['/usr/bin', '/bin']));
  if (!run.owner || setpriv === undefined) return [byUser];
  return [{ prefix: [unshare, '--net', '--', ...dropTo(setpriv, run.owner)], asOwner: false }, byUser];
}
