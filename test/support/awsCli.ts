/** The AWS CLI, as the steps of runbooks use it: installed beside what the benchmarks measure against where it is not there. */
import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as path from 'node:path';
import { setUpBenchTools } from '../../scripts/setup/bench-tools.mjs';

const VENV = path.join(import.meta.dirname, '../../.tools/bench/venv');

/** A folder that holds an `aws` which any user can start, and the way to remove it. */
export async function makeAwsCli(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  if (!existsSync(path.join(VENV, 'bin/aws'))) setUpBenchTools();
  if (!existsSync(path.join(VENV, 'bin/aws')))
    throw new Error('These tests need the AWS CLI: install Python 3.9 or later with venv and pip.');
  const own = realpathSync(path.join(VENV, 'bin/python'));
  // An interpreter below our home is out of the sandbox's user's reach; the CLI itself is plain Python.
  const python = own.startsWith(`${homedir()}/`) ? '/usr/bin/python3' : own;
  const [version = ''] = await readdir(path.join(VENV, 'lib'));
  const folder = await mkdtemp('/tmp/drillbook-aws-');
  await chmod(folder, 0o755);
  const packages = path.join(VENV, 'lib', version, 'site-packages');
  await writeFile(path.join(folder, 'aws'), `#!/bin/sh\nPYTHONPATH='${packages}' exec ${python} -B -m awscli "$@"\n`, {
    mode: 0o755,
  });
  return { folder, remove: async () => await rm(folder, { recursive: true, force: true }) };
}
