/** Wrappings are told by their first bytes, and random bytes are taken for none. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { wrappingOf } from '../../server/src/dryrun/unwrap.ts';

describe('wrappings by their first bytes', function () {
  this.timeout(20_000);

  it('knows what gpg writes, with a passphrase and with a key', () => {
    const home = mkdtempSync('/tmp/dbk-gpg-');
    const gpg = (...args: string[]): Buffer =>
      execFileSync('gpg', ['--homedir', home, '--batch', '--yes', '--quiet', '--pinentry-mode', 'loopback', ...args], {
        input: 'a backup',
        stdio: ['pipe', 'pipe', 'ignore'],
      });
    try {
      for (const cipher of ['AES256', 'CAMELLIA256', 'TWOFISH'])
        assert.equal(wrappingOf(gpg('--passphrase', 'x', '--cipher-algo', cipher, '-o', '-', '-c')), 'gpg', cipher);
      const name = 'drill@example.com';
      gpg('--passphrase', '', '--quick-generate-key', name, 'default', 'default', 'never');
      assert.equal(wrappingOf(gpg('--trust-model', 'always', '-r', name, '-o', '-', '-e')), 'gpg');
    } finally {
      execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'], { stdio: 'ignore' });
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('takes no random bytes for a message of gpg', () => {
    let seed = 1;
    const next = (): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) >> 16;
    let taken = 0;
    for (let round = 0; round < 20_000; round++)
      if (wrappingOf(Buffer.from(Array.from({ length: 64 }, () => next() & 0xff))) !== undefined) taken += 1;
    assert.ok(taken <= 4, `${taken} of 20,000`);
  });
});
