/** Mocha's reporter for `npm test`: a dot a test, failures in full, and the counts in a file that is written only at the end. */
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class Reporter extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    let column = 0;
    const dot = (sign) => {
      process.stdout.write(sign);
      column += 1;
      if (column % 80 === 0) process.stdout.write('\n');
    };
    const skipped = [];
    runner.on('pass', () => dot('.'));
    runner.on('fail', (test) => {
      dot('F');
      process.stdout.write(`\n  failed: ${test.fullTitle()}\n`);
      column = 0;
    });
    runner.on('pending', (test) => {
      dot('-');
      skipped.push(test.fullTitle());
    });
    runner.once('end', () => {
      process.stdout.write('\n');
      if (this.failures.length > 0) reporters.Base.list(this.failures);
      for (const title of skipped) process.stdout.write(`  skipped: ${title}\n`);
      const { passes = 0, failures = 0, pending = 0, tests = 0 } = this.stats;
      process.stdout.write(`  ${passes} of ${tests} passed\n`);
      const file = options?.reporterOptions?.counts ?? options?.reporterOption?.counts;
      if (file) writeFileSync(file, JSON.stringify({ passes, failures, pending }));
    });
  }
};
