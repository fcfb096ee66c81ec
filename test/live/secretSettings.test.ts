/** A document can't have a server's secret read by naming it as a setting. */
import assert from 'node:assert/strict';
import { withoutSecretSettings } from '../../server/src/live/database/secretSettings.ts';

describe('settings that hold a secret', () => {
  for (const name of [
    'requirepass',
    'masterauth',
    'tls-key-file-pass',
    'primary_conninfo',
    'report_password',
    'ldapQueryPassword',
    'wsrep_sst_auth',
    'require*',
    'requirepas?',
    '[r]equirepass',
  ]) {
    it(`${name} is not asked for`, () => {
      const { asked, withheld } = withoutSecretSettings([`setting:${name}`, 'version']);
      assert.deepEqual(asked, ['version']);
      assert.deepEqual(Object.keys(withheld), [`setting:${name}`]);
    });
  }
  for (const name of [
    'password_encryption',
    'maxmemory',
    'rds.force_ssl',
    'default_password_lifetime',
    'maxmemory-policy',
  ]) {
    it(`${name} is asked for`, () => {
      assert.deepEqual(withoutSecretSettings([`setting:${name}`]).asked, [`setting:${name}`]);
    });
  }
});
