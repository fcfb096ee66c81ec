/** A small S3-compatible store of other authors than the emulated AWS (s3rver, from npm), on the loopback. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand, npmPrefix } from './postgres.mjs';
import { freePort, runTool, startService } from './processes.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const VERSION = '3.7.1';

/** Path of its program, installed into .tools/s3rver where it is missing. */
export async function setUpS3rver(log = console.error) {
  const folder = join(root, '.tools/s3rver');
  const program = join(folder, 'node_modules/s3rver/bin/s3rver.js');
  if (!existsSync(program)) {
    log('Setting up an independent S3 (s3rver) in .tools/s3rver (once)…');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    await runTool(
      npmCommand(),
      [...npmPrefix(), 'install', '--no-audit', '--no-fund', '--loglevel=error', `s3rver@${VERSION}`],
      { cwd: folder },
    );
  }
  return program;
}

/** Starts it with nothing in it. Its one key is S3RVER with the secret S3RVER. */
export async function startS3rver(program) {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), 'drillbook-s3-'));
  const service = await startService(
    process.execPath,
    [program, '--directory', data, '--address', '127.0.0.1', '--port', String(port)],
    { name: 's3rver', ready: /listening/i },
  );
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      await service.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
