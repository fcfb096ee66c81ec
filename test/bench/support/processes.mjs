/** Runs programs and tells how long they took and how much memory they held. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../../../..');
/** The program as built. */
export const program = process.env.DRILLBOOK_PROGRAM ?? join(root, 'dist/main.js');
/** Sizes given to this benchmark, else the usual ones. */
export const sizesOr = (...usual) => {
  const given = process.argv.slice(2).map(Number).filter(Boolean);
  return given.length > 0 ? given : usual;
};

/** Runs it to its end. @returns {Promise<{ ms: number, peakMB: number, status: number | null, stdout: string, stderr: string }>} */
export function timed(command, args, options = {}) {
  return new Promise((done, fail) => {
    const start = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let stdout = '';
    let stderr = '';
    let peakMB = 0;
    // The kernel keeps the highest mark itself, so looking now and then misses only what came last.
    const look = () => {
      try {
        const high = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
        if (high !== undefined) peakMB = Math.max(peakMB, Number(high) / 1024);
      } catch {
        // It has ended, or this system has no /proc.
      }
    };
    const timer = options.memory === true ? setInterval(look, 10) : undefined;
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.once('error', fail);
    child.once('close', (status) => {
      clearInterval(timer);
      done({ ms: performance.now() - start, peakMB, status, stdout, stderr });
    });
  });
}

/** The program, which must end with one of `statuses`. */
export async function drillbook(args, options = {}, statuses = [0, 1]) {
  const result = await timed(process.execPath, [program, ...args], options);
  if (!statuses.includes(result.status))
    throw new Error(`drillbook ${args.join(' ')} ended with ${result.status}: ${result.stderr.slice(-2000)}`);
  return result;
}

/** Path of a tool to measure against, or undefined. */
export function benchTool(name) {
  const places = [join(root, '.tools/bench/venv/bin', name), join(root, '.tools/bench/node_modules/.bin', name)];
  return places.find((each) => existsSync(each));
}
