/** The compiled code that `check` and the server keep beside the program: used when it is whole and its owner's alone, done without otherwise. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';
import { folderOf, plainEnvironment, type Folder } from '../support/cli.ts';
import { builtProgram } from '../support/program.ts';

describe('compiled code kept beside the program', function () {
  this.timeout(60_000);
  let program: Folder;
  let workspace: Folder;
  beforeEach(() => {
    program = folderOf({});
    workspace = folderOf({ 'a.runbook.yaml': RUNBOOK, 'b.environment.yaml': ENVIRONMENT });
    const built = dirname(builtProgram());
    const engine = readdirSync(built).filter((name) => /^engine-.*\.cjs$/u.test(name));
    assert.equal(engine.length, 1, 'the build has one engine');
    for (const name of ['main.js', 'package.json', ...engine])
      copyFileSync(join(built, name), join(program.path, name));
  });
  afterEach(() => {
    program.remove();
    workspace.remove();
  });

  function check(more: NodeJS.ProcessEnv = {}): string {
    const ran = spawnSync(process.execPath, [join(program.path, 'main.js'), 'check'], {
      cwd: workspace.path,
      encoding: 'utf8',
      env: { ...plainEnvironment(), ...more },
    });
    assert.equal(ran.stderr, '');
    assert.equal(ran.status, 0);
    return ran.stdout;
  }
  function kept(): string {
    const [name] = readdirSync(join(program.path, '.compiled'));
    assert.ok(name !== undefined && name.startsWith('engine-') && name.endsWith('.bin'), name);
    return join(program.path, '.compiled', name);
  }

  it('is written once, for the owner alone to change, and says the same', () => {
    const first = check();
    const { mtimeMs, mode } = statSync(kept());
    if (process.platform !== 'win32') {
      assert.equal(mode & 0o777, 0o644);
      assert.equal(statSync(dirname(kept())).mode & 0o777, 0o755);
    }
    assert.equal(check(), first);
    assert.equal(statSync(kept()).mtimeMs, mtimeMs);
  });

  it('is kept anew by a run that uses a part of the program that none did before, and by no other', () => {
    check();
    const sizes = [statSync(kept()).size];
    const asJson = (): void => {
      const ran = spawnSync(process.execPath, [join(program.path, 'main.js'), 'check', '--format', 'json'], {
        cwd: workspace.path,
        encoding: 'utf8',
        env: plainEnvironment(),
      });
      assert.equal(ran.status, 0);
      sizes.push(statSync(kept()).size);
    };
    asJson();
    const { mtimeMs } = statSync(kept());
    asJson();
    check();
    assert.ok(sizes[1]! > sizes[0]!, sizes.join());
    assert.equal(statSync(kept()).mtimeMs, mtimeMs);
  });

  it('is made again where it broke on the disk', () => {
    const first = check();
    const whole = readFileSync(kept());
    const broken = Buffer.from(whole);
    for (let at = 40; at < broken.length; at += 997) broken[at] = 255 - (broken[at] ?? 0);
    writeFileSync(kept(), broken);
    assert.equal(check(), first);
    const mended = readFileSync(kept());
    const length = mended.readUInt32LE(mended.length - 4);
    assert.ok(length > 0);
    assert.deepEqual(mended.subarray(-4 - length, -4), mended.subarray(0, length));
  });

  it('is not run where others could have written it', function () {
    if (process.platform === 'win32') this.skip();
    const first = check();
    // V8 tells no other script of the same length from its own, so this code would be run.
    const engine = readdirSync(program.path).find((name) => name.startsWith('engine-')) ?? '';
    const data = foreignCode(join(program.path, engine));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.length);
    const planted = Buffer.concat([data, data, length]);
    writeFileSync(kept(), planted);
    assert.match(check(), /someone else's code/u, 'the test plants nothing that runs');
    chmodSync(kept(), 0o666);
    assert.equal(check(), first);
    writeFileSync(kept(), planted);
    chmodSync(dirname(kept()), 0o777);
    assert.equal(check(), first);
    assert.equal(statSync(dirname(kept())).mode & 0o777, 0o755);
  });

  it('is pruned to the newest few builds, whatever each kept, and of what killed runs left half written', () => {
    const folder = join(program.path, '.compiled');
    mkdirSync(folder, { mode: 0o755 });
    const hours = (count: number): Date => new Date(Date.now() - count * 3_600_000);
    const plant = (name: string, age: number): void => {
      writeFileSync(join(folder, name), 'x');
      utimesSync(join(folder, name), hours(age), hours(age));
    };
    for (const [index, build] of ['aa', 'bb', 'cc', 'dd'].entries())
      for (const ending of ['.bin', '-lsp.bin']) plant(`engine-${build}-v20.1.0-x64${ending}`, 1 + index);
    // Its server is old, its command line new: one build.
    plant('engine-ee-v20.1.0-x64-lsp.bin', 99);
    plant('engine-ee-v20.1.0-x64.bin', 0);
    plant('engine-ff-v20.1.0-x64.bin.77.tmp', 2);
    plant('engine-ff-v20.1.0-x64.bin.78.tmp', 0.1);
    plant('theirs.txt', 500);
    check();
    const names = readdirSync(folder);
    assert.deepEqual(names.filter((name) => name.includes('-v20.1.0-') || name === 'theirs.txt').sort(), [
      'engine-aa-v20.1.0-x64-lsp.bin',
      'engine-aa-v20.1.0-x64.bin',
      'engine-ee-v20.1.0-x64-lsp.bin',
      'engine-ee-v20.1.0-x64.bin',
      'engine-ff-v20.1.0-x64.bin.78.tmp',
      'theirs.txt',
    ]);
    assert.equal(names.length, 7, 'and our own');
  });

  it('is kept below the home of the account where there is no place beside the program, whatever the environment says', function () {
    if (process.platform === 'win32') this.skip();
    const engine = readdirSync(program.path).find((name) => name.startsWith('engine-')) ?? '';
    const name = `${engine.replace('.cjs', '')}-${process.version}-${process.arch}.bin`;
    const atHome = join(userInfo().homedir, '.cache/drillbook/compiled', name);
    rmSync(atHome, { force: true });
    writeFileSync(join(program.path, '.compiled'), 'in the way');
    try {
      const first = check({ HOME: workspace.path, XDG_CACHE_HOME: workspace.path });
      assert.equal(readFileSync(join(program.path, '.compiled'), 'utf8'), 'in the way');
      assert.deepEqual(readdirSync(workspace.path).sort(), ['a.runbook.yaml', 'b.environment.yaml']);
      const { mtimeMs, mode } = statSync(atHome);
      assert.equal(mode & 0o777, 0o600);
      assert.equal(statSync(dirname(atHome)).mode & 0o777, 0o700);
      assert.equal(check(), first);
      assert.equal(statSync(atHome).mtimeMs, mtimeMs);
      chmodSync(atHome, 0o660);
      assert.equal(check(), first);
      assert.notEqual(statSync(atHome).mtimeMs, mtimeMs, 'what others could write is not run');
    } finally {
      rmSync(atHome, { force: true });
    }
  });

  it('is that of a small run, even where a large one came first', () => {
    const files: Record<string, string> = { 'b.environment.yaml': ENVIRONMENT };
    for (let index = 0; index < 250; index++)
      files[`r${index}.runbook.yaml`] = RUNBOOK.replace('name: orders-db', `name: orders-db-${index}`);
    const large = folderOf(files);
    try {
      const run = (): void => {
        const ran = spawnSync(process.execPath, [join(program.path, 'main.js'), 'check'], {
          cwd: large.path,
          encoding: 'utf8',
          env: { ...plainEnvironment(), XDG_CACHE_HOME: program.path },
        });
        assert.equal(ran.stderr, '');
      };
      const names = (): readonly string[] => readdirSync(join(program.path, '.compiled')).sort();
      run();
      const [early = ''] = names();
      assert.match(early, /-early\.bin$/u);
      const { mtimeMs } = statSync(join(program.path, '.compiled', early));
      run();
      assert.deepEqual(names(), [early]);
      assert.equal(statSync(join(program.path, '.compiled', early)).mtimeMs, mtimeMs);
      const first = check();
      const usual = early.replace('-early', '');
      assert.deepEqual(names(), [early, usual].sort());
      const written = statSync(join(program.path, '.compiled', usual)).mtimeMs;
      assert.equal(check(), first);
      run();
      assert.equal(statSync(join(program.path, '.compiled', usual)).mtimeMs, written);
    } finally {
      large.remove();
    }
  });

  it('is kept for the server as well, of its own, while it runs', async () => {
    const built = dirname(builtProgram());
    cpSync(join(built, 'chunks'), join(program.path, 'chunks'), { recursive: true });
    copyFileSync(join(built, 'commands.mjs'), join(program.path, 'commands.mjs'));
    check();
    const ofCheck = kept();
    const ofServer = ofCheck.replace(/\.bin$/u, '-lsp.bin');
    const changes = watch(dirname(ofCheck));
    const server = spawn(process.execPath, [join(program.path, 'main.js'), 'lsp'], {
      env: plainEnvironment(),
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    try {
      while (!existsSync(ofServer)) await once(changes, 'change');
    } finally {
      changes.close();
      server.kill();
    }
    assert.equal(isTakenWith(ofServer, SERVER_FLAGS), true, 'the server refuses what it kept');
    assert.equal(isTakenWith(ofServer, []), false);
    assert.equal(isTakenWith(ofCheck, []), true);
  });

  /** Code for a script of this length, compiled in a process of its own: V8 takes none that was made under other flags. */
  function foreignCode(engine: string): Buffer {
    const script = `const { readFileSync } = require('node:fs');
      const evil = '(function () { process.stdout.write("someone else\\'s code"); process.exit(0); })';
      const { length } = readFileSync(process.argv[1], 'latin1');
      const code = new (require('node:vm').Script)(evil.padEnd(length, ' '), { filename: process.argv[1] });
      code.runInThisContext();
      process.stdout.write(code.createCachedData());`;
    const made = spawnSync(process.execPath, ['-e', script, engine], { env: plainEnvironment() });
    assert.equal(made.status, 0, made.stderr.toString());
    return made.stdout;
  }

  /** Whether V8 takes the code where it runs with these flags. */
  function isTakenWith(code: string, flags: readonly string[]): boolean {
    const engine = readdirSync(program.path).find((name) => name.startsWith('engine-')) ?? '';
    const script = `const { readFileSync } = require('node:fs');
      for (const flag of ${JSON.stringify(flags)}) require('node:v8').setFlagsFromString(flag);
      const source = readFileSync(process.argv[1], 'latin1');
      const twice = readFileSync(process.argv[2]);
      const cachedData = twice.subarray(0, twice.readUInt32LE(twice.length - 4));
      process.stdout.write(String(new (require('node:vm').Script)(source, { cachedData }).cachedDataRejected));`;
    const ran = spawnSync(process.execPath, ['-e', script, join(program.path, engine), code], {
      encoding: 'utf8',
      env: plainEnvironment(),
    });
    assert.equal(ran.stderr, '');
    return ran.stdout === 'false';
  }
});

/** Those that the server sets for itself. */
const SERVER_FLAGS = ['--semi-space-growth-factor=1', '--heap-growing-percent=30', '--expose-gc'];
if (Number(process.versions.node.split('.')[0]) >= 24) SERVER_FLAGS.push('--no-turbofan');
