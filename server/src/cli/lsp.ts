/** `drillbook lsp`: hands standard input and output to the language server. */
import type { Command } from './command.ts';

export const command: Command = {
  name: 'lsp',
  summary: 'The language server, for any editor',
  operands: '',
  count: [0, 0],
  options: [
    { name: 'stdio', help: 'Speak over standard input and output (the default)' },
    { name: 'node-ipc', help: 'Speak over the channel of the Node process that started it' },
    { name: 'socket', value: 'PORT', help: 'Connect to this port of the local machine' },
    { name: 'clientProcessId', value: 'ID', help: 'End when this process ends' },
  ],
  details:
    'Speaks the language server protocol 3.17. Without initializationOptions.trusted it makes no look-up, starts no process and reads no secret.',
  examples: ['drillbook lsp', 'drillbook lsp --socket 6009'],
  run: async (context) => {
    const { values, program } = context;
    const socket = values.text('socket');
    const client = values.text('clientProcessId');
    const args = [
      values.flag('node-ipc') ? '--node-ipc' : socket === undefined ? '--stdio' : `--socket=${socket}`,
      ...(client === undefined ? [] : [`--clientProcessId=${client}`]),
    ];
    await program.serve(args, program);
    // The server ends the process itself, on `exit` or when its client goes away.
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }));
    return 0;
  },
};
