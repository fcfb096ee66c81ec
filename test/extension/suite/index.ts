/** Entry of the suite inside an extension host: the same for a desktop VS Code and for the browser-hosted one. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';

/** Runs every file of the suite; writes its own end mark, which the runner demands. */
export async function run(): Promise<void> {
  const output = process.env['DRILLBOOK_TEST_OUTPUT'];
  if (output !== undefined) {
    // `console.log` can't be replaced in an extension host; mocha's own way out can.
    Mocha.reporters.Base.consoleLog = (...values: unknown[]) => appendFileSync(output, `${format(...values)}\n`);
  }
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 60_000, reporter: 'spec' });
  const only = process.env['DRILLBOOK_TEST_GREP'];
  if (only !== undefined) mocha.grep(only);
  mocha.addFile(join(__dirname, `${process.env['DRILLBOOK_TEST_SUITE'] ?? 'trusted'}.cjs`));
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run((failures) => {
      const passed = runner.stats?.passes ?? 0;
      if (output !== undefined) appendFileSync(output, `##end ${passed} passed, ${failures} failed\n`);
      if (failures > 0) reject(new Error(`${failures} tests failed`));
      else resolve();
    });
  });
}
