/** The part of a gate that runs inside of the sandbox, as its user: loopback to Unix socket, around the command that uses it. */

export const RELAY_PORT = 3128;

/**
 * A program of its own, handed to Node by `-e`, since neither our files nor our folders need be readable by that user. It listens
 * before the command starts, outlasts a polite signal (the command may tidy up), and ends as the command did.
 */
export const RELAY = `
const net = require('node:net');
const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const path = process.argv[1];
const { command, args, env } = JSON.parse(readFileSync(0, 'utf8'));
const server = net.createServer({ allowHalfOpen: true }, (inside) => {
  const outside = net.connect({ path, allowHalfOpen: true });
  const end = () => { inside.destroy(); outside.destroy(); };
  inside.on('error', end);
  outside.on('error', end);
  inside.pipe(outside);
  outside.pipe(inside);
});
const fail = (error) => { process.stderr.write('drillbook: ' + error.message + '\\n'); process.exit(126); };
server.on('error', fail);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
server.listen(${RELAY_PORT}, '127.0.0.1', () => {
  const child = spawn(command, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  child.on('error', fail);
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(1), 200);
  });
});
`;
