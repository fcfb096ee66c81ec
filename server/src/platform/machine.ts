/** What the machine is, and where this program may keep things on it. */
import { createServer } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Machine } from '../core/ports.ts';
import { homeFolder } from './home.ts';

export function createMachine(
  environment: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
): Machine {
  return {
    platform,
    architecture: process.arch,
    // Asked when wanted, as few runs do: the account's name is looked up in the system's lists.
    get hostName() {
      return os.hostname();
    },
    get user() {
      return userName(environment);
    },
    runtime: process.versions.node,
    get cpus() {
      return os.availableParallelism();
    },
    freeMemory: () => process.availableMemory(),
    variable: (name) => environment[name],
    cacheFolder: folder(environment, platform, 'cache'),
    configFolder: folder(environment, platform, 'config'),
    freePort,
  };
}

/** A user id without an account has no name; the environment or the number must do. */
function userName(environment: NodeJS.ProcessEnv): string {
  try {
    return os.userInfo().username;
  } catch {
    return environment['USER'] ?? environment['USERNAME'] ?? String(process.getuid?.() ?? 'unknown');
  }
}

/** XDG on Linux and the BSDs, Library on macOS, AppData on Windows. A relative XDG path is to be ignored (XDG 0.8). */
function folder(environment: NodeJS.ProcessEnv, platform: string, purpose: 'cache' | 'config'): string {
  const home = homeFolder(environment);
  if (platform === 'win32') {
    const base = purpose === 'cache' ? environment['LOCALAPPDATA'] : environment['APPDATA'];
    const fallback = path.join(home, 'AppData', purpose === 'cache' ? 'Local' : 'Roaming');
    return path.join(base ?? fallback, 'drillbook', purpose === 'cache' ? 'Cache' : 'Config');
  }
  const named = environment[purpose === 'cache' ? 'XDG_CACHE_HOME' : 'XDG_CONFIG_HOME'];
  if (named !== undefined && path.isAbsolute(named)) return path.join(named, 'drillbook');
  if (platform === 'darwin') {
    return path.join(home, 'Library', purpose === 'cache' ? 'Caches' : 'Application Support', 'drillbook');
  }
  return path.join(home, purpose === 'cache' ? '.cache' : '.config', 'drillbook');
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
