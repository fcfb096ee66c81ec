/** A bare language client over stdio for measuring: no queue, no conversion, one request at a time. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Starts a server; `command` is the program and its arguments. */
export function startServer(command, cwd) {
  const child = spawn(command[0], command.slice(1), { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  let buffer = Buffer.alloc(0);
  let nextId = 0;
  const answers = new Map();
  const listeners = new Set();
  const answerOf = (method, params) => {
    if (method === 'workspace/configuration') return params.items.map((item) => configuration[item.section] ?? null);
    return null;
  };
  let configuration = {};
  const write = (message) => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    child.stdin.write(body);
  };
  const take = (message) => {
    if (message.method !== undefined && message.id !== undefined) {
      write({ id: message.id, result: answerOf(message.method, message.params) });
    } else if (message.method !== undefined) for (const listen of [...listeners]) listen(message);
    else {
      answers.get(message.id)?.(message);
      answers.delete(message.id);
    }
  };
  let chunks = [];
  let size = 0;
  child.stdout.on('data', (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    // Joined only when a whole message may be there: a large answer comes in many pieces.
    if (buffer.length > 0 && wanted > buffer.length + size) return;
    buffer = Buffer.concat([buffer, ...chunks]);
    chunks = [];
    size = 0;
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, end).toString())?.[1]);
      wanted = end + 4 + length;
      if (buffer.length < wanted) return;
      const body = buffer.subarray(end + 4, wanted).toString();
      buffer = buffer.subarray(wanted);
      wanted = 0;
      take(JSON.parse(body));
    }
  });
  let wanted = 0;
  return {
    pid: child.pid,
    configure: (value) => {
      configuration = value;
    },
    notify: (method, params) => write({ method, params }),
    request: (method, params) =>
      new Promise((resolve, reject) => {
        const id = ++nextId;
        answers.set(id, ({ result, error }) => (error ? reject(new Error(JSON.stringify(error))) : resolve(result)));
        write({ id, method, params });
      }),
    /** Resolves with the first notification that `accept` takes. */
    next: (accept) =>
      new Promise((resolve) => {
        const listen = (message) => {
          if (!accept(message)) return;
          listeners.delete(listen);
          resolve(message);
        };
        listeners.add(listen);
      }),
    /** Resident memory, MB. */
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGKILL');
      }),
  };
}
