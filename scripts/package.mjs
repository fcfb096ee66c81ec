/** `npm run package`: builds everything afresh and packs the extension and the command line into out/, ready to install. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageNpm } from './package-npm.mjs';
import { packageVsix } from './package-vsix.mjs';

const build = resolve(fileURLToPath(import.meta.url), '../build.mjs');
const built = spawnSync(process.execPath, [build], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
const packed = packageVsix();
console.log(`${packed.file}: ${(packed.bytes / 1024).toFixed(0)} KiB, sha256 ${packed.sha256}`);
console.log(`Install it with: code --install-extension ${packed.file}`);
const npm = packageNpm();
console.log(`${npm.file}: ${(npm.bytes / 1024).toFixed(0)} KiB, sha256 ${npm.sha256}`);
console.log(`Run it with: npx --package ${npm.file} drillbook`);
