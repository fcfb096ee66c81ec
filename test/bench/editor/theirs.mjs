/** yaml-language-server as an extension of the least kind, to be measured in the same host as ours. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');
const server = join(root, '.tools/bench/node_modules/yaml-language-server/bin/yaml-language-server');

/** What it does: starts the server with the first YAML document, as the extension of its makers does. */
const CLIENT = `
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
export async function activate() {
  const run = { module: ${JSON.stringify(server)}, args: ['--node-ipc'], transport: TransportKind.ipc };
  const client = new LanguageClient('yaml', 'YAML', { run, debug: run }, { documentSelector: [{ language: 'yaml' }] });
  await client.start();
  return { pid: client._serverProcess.pid };
}
`;

/** Makes the extension below `folder`; undefined where yaml-language-server could not be installed. */
export async function theirExtension(folder) {
  if (!existsSync(server)) return undefined;
  const extension = join(folder, 'theirs');
  mkdirSync(extension, { recursive: true });
  writeFileSync(
    join(extension, 'package.json'),
    JSON.stringify({
      name: 'theirs',
      publisher: 'bench',
      version: '1.0.0',
      engines: { vscode: '^1.100.0' },
      main: './client.cjs',
      activationEvents: ['onLanguage:yaml'],
    }),
  );
  await build({
    stdin: { contents: CLIENT, resolveDir: root },
    outfile: join(extension, 'client.cjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return extension;
}

/** The same runbook for them: the schema is named in the text, and lies beside it. */
export function writeForThem(folder, runbook) {
  copyFileSync(join(root, 'schemas/runbook.schema.json'), join(folder, 'runbook.schema.json'));
  const head = '# yaml-language-server: $schema=./runbook.schema.json\n';
  writeFileSync(join(folder, 'first.yaml'), head + runbook.replace(/^apiVersion: .*/, 'apiVersion: another/v1'));
}
