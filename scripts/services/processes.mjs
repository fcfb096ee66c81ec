/** Child processes of the scripts: in a group of their own, ready when they say so, and surely gone afterwards. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

const running = new Set();

/**
 * Starts a program and resolves when a line of its output matches `ready`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ ready: RegExp, env?: Record<string, string>, cwd?: string, uid?: number, gid?: number, timeoutMs?: number, endSignal?: string, name?: string }} options
 * @returns {Promise<{ pid: number, match: RegExpExecArray, output: () => string, stop: () => Promise<void> }>}
 */
export function startService(command, args, options) {
  const child = spawn(command, args, {
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
  });
  let output = '';
  const exit = new Promise((resolve) => child.once('exit', resolve));
  const service = { stop: async () => undefined };
  service.stop = async () => {
    running.delete(service);
    if (child.pid === undefined) return;
    signalGroup(child, options.endSignal ?? 'SIGTERM');
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), 5000);
    await exit;
    clearTimeout(timer);
    signalGroup(child, 'SIGKILL');
  };
  running.add(service);
  return new Promise((resolve, reject) => {
    const name = options.name ?? command;
    const fail = (why) => void service.stop().then(() => reject(new Error(`${name} ${why}\n${output.slice(-2000)}`)));
    const timer = setTimeout(() => fail('did not get ready in time.'), options.timeoutMs ?? 60_000);
    child.once('error', (error) => {
      running.delete(service);
      clearTimeout(timer);
      reject(new Error(`${name} can't be started: ${error.message}`));
    });
    void exit.then(() => {
      clearTimeout(timer);
      fail('ended before it was ready.');
    });
    let isReady = false;
    const listen = (chunk) => {
      output = (output + chunk).slice(-100_000);
      const match = isReady ? null : options.ready.exec(output);
      if (match === null) return;
      isReady = true;
      clearTimeout(timer);
      resolve({ pid: child.pid, match, output: () => output, stop: service.stop });
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
  });
}

function signalGroup(child, signal) {
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    else process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** Ends every service that is still up; for the way out. */
export async function stopAllServices() {
  await Promise.all([...running].map((service) => service.stop()));
}

/** A port of the loopback that nothing listens on at the moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Runs a program to its end and gives its output; throws with the end of it where it failed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, uid?: number, gid?: number, input?: string }} [options]
 * @returns {Promise<string>}
 */
export function runTool(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      windowsHide: true,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    child.once('error', (error) => reject(new Error(`${command} can't be started: ${error.message}`)));
    child.once('close', (code) =>
      code === 0
        ? resolve(stdout)
        : reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${(stdout + stderr).slice(-3000)}`)),
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
  });
}
