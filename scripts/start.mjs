/**
 * `npm start`: the whole of Drillbook on a machine that has only Node and git. Starts a real Postgres and an emulated AWS
 * on the loopback, backs a database up with a real pg_dump, lets the estate drift, and then runs check, drift and a
 * dry-run restore on the examples. Leaves nothing running. `npm start -- --editor` keeps it up and opens the editor.
 *
 * Only `node:*` is imported until the packages are installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode, setUpBuild, setUpPackages } from './setup.mjs';
import { stopAllServices } from './services/processes.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const examples = join(root, 'examples');
const workspace = join(root, 'out/start/workspace');
const withEditor = process.argv.includes('--editor');
const color = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
const paint = (code, text) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);

function chapter(title) {
  console.log(`\n${paint('1;36', `━━ ${title} ${'━'.repeat(Math.max(2, 72 - title.length))}`)}`);
}
const say = (text) => console.log(text);

let database;
let ending;
let closeEditor;
/** Ends everything that was started, once. */
function cleanUp() {
  ending ??= (async () => {
    await closeEditor?.();
    await database?.stop();
    await stopAllServices();
  })();
  return ending;
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    console.log('\nStopping…');
    void cleanUp().then(() => process.exit(130));
  });
}

try {
  process.exitCode = await demonstrate();
} catch (error) {
  console.error(`\nnpm start failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
process.exit();

async function demonstrate() {
  checkNode();
  setUpPackages();
  setUpBuild();
  // The SDK would remind the person of a Node version that is none of their concern here.
  process.removeAllListeners('warning');
  const production = await import('./start/production.mjs');

  chapter('Production');
  database = await production.startDatabase(examples, say);
  say(`A real PostgreSQL ${database.version} on 127.0.0.1:${database.port}, with a shop's orders in it.`);
  const dumps = await production.dump(database, join(root, 'out/start/dumps'));
  if (dumps === undefined) say('This machine has no pg_dump: the example’s own dump, made by one, is the backup.');
  const cloud = await production.startCloud(say);
  if (cloud !== undefined) {
    await production.fillCloud(cloud, dumps);
    say(`An emulated AWS on ${cloud.endpoint}: two accounts, three buckets, three roles, an RDS instance.`);
    if (dumps !== undefined) say('A backup made by a real pg_dump lies in s3://acme-backups-prod/orders/hourly/.');
  }

  makeWorkspace();
  production.placeLedger(workspace, dumps);
  production.adaptWorkspace(workspace, database, cloud, dumps);
  commitWorkspace();

  chapter('Time passes');
  for (const line of await production.letTimePass(database, cloud)) say(`  • ${line}`);
  say('\nNobody touched the runbooks. Would they still work tonight?');

  const env = {
    ...process.env,
    EXAMPLE_DB_PASSWORD: production.PASSWORD,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_EC2_METADATA_DISABLED: 'true',
    FORCE_COLOR: color ? '1' : '',
  };
  delete env['AWS_PROFILE'];
  delete env['AWS_SESSION_TOKEN'];
  if (withEditor) return await openEditor(env);

  chapter('drillbook check: what the documents say of themselves');
  const check = await drillbook(['check'], env);
  chapter('drillbook drift: what the runbooks rely on, compared with what is live');
  const drift = await drillbook(['drift'], env);
  const runbooks = dumps === undefined ? ['ledger'] : ['ledger', 'orders-db'];
  const dryRuns = [];
  for (const runbook of runbooks) {
    chapter(`drillbook dry-run ${runbook}: the newest backup, really restored`);
    dryRuns.push(await drillbook(['dry-run', runbook, '--yes'], env));
  }
  chapter('drillbook evidence verify: none of it can be edited unseen');
  const evidence = await drillbook(['evidence', 'verify'], env);

  chapter('What you saw');
  say(`  check      status ${check}: the documents ${check === 0 ? 'hold' : 'have errors'}`);
  say(
    `  drift      status ${drift}: ${drift === 1 ? 'the runbooks no longer match what is live' : drift === 0 ? 'no drift' : 'not everything could be checked'}`,
  );
  runbooks.forEach((name, index) =>
    say(
      `  dry run    status ${dryRuns[index]}: ${name} ${dryRuns[index] === 0 ? 'came back from its backup' : 'did not pass'}`,
    ),
  );
  say(`  evidence   status ${evidence}`);
  say(`\nThe workspace, its evidence and the reports are in ${relative(process.cwd(), workspace) || '.'}`);
  say(`  reports:  ${relative(process.cwd(), join(workspace, '.drillbook/reports'))}`);
  say('Nothing is left running.');
  say('\nTo see the same in VS Code, squiggles, code lenses and all, with the services kept up:');
  say(`  ${paint('1', 'npm start -- --editor')}`);
  const shown =
    check === 0 && (drift === 1 || drift === 3) && dryRuns.every((status) => status === 0) && evidence === 0;
  if (!shown)
    say('\nThis is not how the demonstration is meant to go; please look above for the first thing that failed.');
  return shown ? 0 : 1;
}

/** The examples, copied: what a run writes stays out of the checkout's own files. */
function makeWorkspace() {
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(workspace, { recursive: true });
  cpSync(examples, workspace, { recursive: true });
}

/** A repository of its own, so that evidence names a commit. */
function commitWorkspace() {
  const git = (...args) =>
    spawnSync('git', ['-C', workspace, '-c', 'user.name=Example', '-c', 'user.email=example@example.com', ...args], {
      stdio: 'ignore',
    });
  git('init', '--quiet');
  git('config', 'user.name', 'Example');
  git('config', 'user.email', 'example@example.com');
  git('add', '.');
  git('commit', '--quiet', '--message', 'The runbooks as they were written');
}

function drillbook(args, env) {
  say(paint('2', `$ drillbook ${args.join(' ')}\n`));
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(root, 'dist/main.js'), ...args], {
      cwd: workspace,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(process.stdout, { end: false });
    child.stderr.pipe(process.stdout, { end: false });
    child.once('close', (status) => done(status));
  });
}

/** Opens the workspace in VS Code where `code` is found, else in the browser-hosted editor; until Ctrl-C. */
async function openEditor(env) {
  chapter('Editor');
  const { openWorkspace } = await import('./start/editor.mjs');
  closeEditor = await openWorkspace({ root, workspace, env, say });
  say('\nThe services stay up until Ctrl-C.');
  // Only a signal ends this; the services' pipes keep the process alive.
  await new Promise(() => undefined);
  return 0;
}
