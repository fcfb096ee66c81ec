/** Processes: nothing inherited, nothing left behind, nothing waited for in vain. */
import assert from 'node:assert/strict';
import { createProcesses } from '../../server/src/platform/processes.ts';

const node = process.execPath;

describe('platform processes', () => {
  const processes = createProcesses({ ...process.env, AWS_SECRET_ACCESS_KEY: 'must-not-travel' });
  const env = processes.cleanEnvironment({ EXTRA: 'yes' });

  it('gives a clean environment: a path, what is asked for, and no credential', async () => {
    const { stdout } = await processes.run(node, ['-p', 'JSON.stringify(process.env)'], { env });
    const seen = JSON.parse(stdout) as Record<string, string>;
    assert.equal(seen['EXTRA'], 'yes');
    assert.ok(seen['PATH']);
    assert.equal(seen['AWS_SECRET_ACCESS_KEY'], undefined);
  });

  it('feeds input, keeps both streams and tells the status', async () => {
    const script =
      'process.stdin.pipe(process.stdout); process.stdin.on("end", () => { console.error("done"); process.exitCode = 7; })';
    const result = await processes.run(node, ['-e', script], { env, input: 'hello' });
    assert.deepEqual(
      { code: result.code, stdout: result.stdout, stderr: result.stderr, timedOut: result.timedOut },
      { code: 7, stdout: 'hello', stderr: 'done\n', timedOut: false },
    );
  });

  it('keeps the end of a long output in bounded memory', async () => {
    const { stdout } = await processes.run(node, ['-e', 'for (let i = 0; i < 200000; i++) console.log("line " + i)'], {
      env,
      keepBytes: 1000,
    });
    assert.ok(stdout.length < 1200);
    assert.match(stdout, /bytes before/);
    assert.match(stdout, /line 199999\n$/);
  });

  it('does not mind a program that stops reading', async () => {
    const result = await processes.run(node, ['-e', 'process.exit(0)'], { env, input: new Uint8Array(5_000_000) });
    assert.equal(result.code, 0);
  });

  it('tells each write to a program that is gone as the broken pipe that it is', async () => {
    const child = await processes.spawn(node, ['-e', 'process.exit(3)'], { env, stdin: 'pipe' });
    assert.equal((await child.exit).code, 3);
    const chunk = new Uint8Array(1_000_000);
    for (let i = 0; i < 3; i++) await assert.rejects(child.write(chunk), { code: 'EPIPE' });
    await child.end();
  });

  it('ends a program and its children on abort', async () => {
    const controller = new AbortController();
    const script = `const c = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']); console.log(c.pid); setInterval(() => {}, 1000)`;
    let child: number | undefined;
    const running = processes.run(node, ['-e', script], {
      env,
      signal: controller.signal,
      onOutput: (_stream, text) => {
        child = Number(text);
        controller.abort(new Error('stop'));
      },
    });
    await assert.rejects(running, /stop/);
    assert.ok(child);
    assert.equal(await processes.isAlive(child), false);
  });

  it('kills what ignores the polite signal', async () => {
    const script = 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)';
    const running = await processes.spawn(node, ['-e', script], { env, graceMs: 100 });
    for await (const chunk of running.stdout) {
      assert.match(Buffer.from(chunk).toString(), /up/);
      break;
    }
    assert.equal((await running.kill()).signal, 'SIGKILL');
  });

  it('stops at its time limit and says so', async () => {
    const result = await processes.run(node, ['-e', 'setInterval(() => {}, 1000)'], { env, timeoutMs: 100 });
    assert.equal(result.timedOut, true);
  });

  it('does not wait for a grandchild that holds the pipes', async () => {
    const script = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30000)'], { stdio: 'inherit', detached: true }).unref(); console.log('gone')`;
    const result = await processes.run(node, ['-e', script], { env });
    assert.equal(result.stdout, 'gone\n');
  });

  it('rejects where there is no such program, and finds those that are', async () => {
    await assert.rejects(processes.spawn('/no/such/program', [], { env }), { code: 'ENOENT' });
    assert.ok(await processes.find('node'));
    assert.equal(await processes.find('no-such-program-here'), undefined);
  });

  it('tells a process from a later one with the same id', async () => {
    const token = await processes.startToken(process.pid);
    assert.equal(await processes.isAlive(process.pid, token), true);
    if (token !== undefined) assert.equal(await processes.isAlive(process.pid, 'another'), false);
    assert.equal(await processes.isAlive(2 ** 30), false);
  });
});
