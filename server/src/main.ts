#!/usr/bin/env node
/** The program: answers `--version` before anything is imported, and hands the rest to the command line. */
declare const DRILLBOOK_VERSION: string | undefined;
declare const DRILLBOOK_COMMIT: string | undefined;

const version = typeof DRILLBOOK_VERSION === 'string' ? DRILLBOOK_VERSION : '0.0.0-source';
const commit = typeof DRILLBOOK_COMMIT === 'string' ? DRILLBOOK_COMMIT : '';
const args = process.argv.slice(2);

/** Built, this is a CommonJS module: Node runs it some milliseconds before an ES module, but no `await` stands at its top. */
async function run(): Promise<void> {
  const program = {
    version,
    commit,
    get home() {
      return new URL('.', import.meta.url);
    },
  };
  if (args[0] === 'check') {
    // One file is to be checked in less time than the other commands take to load.
    const { runCheckProgram } = await import('./cli/checkProgram.ts');
    await runCheckProgram(args, program);
  } else {
    const { runCommands } = await import('./commands.ts');
    await runCommands(args, program);
  }
}

if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  process.stdout.once('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    process.exitCode = 2;
    process.stderr.write(`drillbook: not all could be written to standard output: ${message}.\n`);
  });
  process.stdout.write(`drillbook ${version}${commit === '' ? '' : ` (commit ${commit})`}\n`);
} else {
  void run();
}

export {};
