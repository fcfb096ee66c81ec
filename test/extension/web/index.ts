/** Entry of the web suite inside the extension host of a browser: mocha's browser build, reported on the console. */
// It sets the global `mocha` and what the suite calls: describe, it, before.
import 'mocha/mocha.js';

/** The few parts of mocha's browser build that are used here. */
interface BrowserMocha {
  setup(options: { readonly ui: string; readonly reporter: unknown; readonly timeout: number }): void;
  run(done: (failures: number) => void): { on(event: string, listener: (test: Ended, error?: Error) => void): void };
}
interface Ended {
  readonly title: string;
  fullTitle(): string;
}

/** Runs the suite; prints one line a test and its own end mark, which the runner demands. */
export async function run(): Promise<void> {
  const { mocha } = globalThis as unknown as { mocha: BrowserMocha };
  // The reporter draws on a page, which a worker has not: results are printed here.
  mocha.setup({ ui: 'bdd', reporter: Object, timeout: 60_000 });
  await import('./suite.ts');
  let passed = 0;
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run((failures) => {
      console.log(`##end ${passed} passed, ${failures} failed`);
      if (failures > 0) reject(new Error(`${failures} tests failed`));
      else resolve();
    });
    runner.on('pass', (test) => {
      passed += 1;
      console.log(`  ✔ ${test.fullTitle()}`);
    });
    runner.on('fail', (test, error) => {
      console.log(`  ✖ ${test.fullTitle()}: ${error?.stack ?? String(error)}`);
    });
  });
}
