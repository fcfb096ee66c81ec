/** The home folder of who runs this, also where the system knows none. */
import * as os from 'node:os';
import * as path from 'node:path';

/**
 * The home that the environment names, or the account's. A user id without an account, as containers are given, has
 * none: it gets the root folder, as from container engines, where nobody else can leave settings for it. A home that is
 * empty or relative is none: it would be a folder of the workspace.
 */
export function homeFolder(environment: NodeJS.ProcessEnv = process.env, ofAccount = os.userInfo): string {
  for (const name of ['HOME', 'USERPROFILE']) {
    const named = environment[name];
    if (named !== undefined && path.isAbsolute(named)) return named;
  }
  try {
    return ofAccount().homedir;
  } catch {
    return path.parse(process.cwd()).root;
  }
}
