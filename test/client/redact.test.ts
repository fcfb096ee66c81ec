/** What looks like a secret never reaches a channel or an issue report. */
import assert from 'node:assert/strict';
import { redact } from '../../client/src/redact.ts';

describe('redact', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['postgres://drill:s3cret-word@db.internal/orders', 's3cret-word'],
    ['PGPASSWORD=s3cret-word pg_restore', 's3cret-word'],
    ["ORDERS_PW: 's3cret word'", 's3cret word'],
    ['aws_secret_access_key = s3cret/word+x', 's3cret/word+x'],
    ['key AKIAIOSFODNN7EXAMPLE used', 'AKIAIOSFODNN7EXAMPLE'],
    ['Authorization: Bearer s3cretword', 's3cretword'],
    ['GET /x?X-Amz-Signature=s3cretword&y=1', 's3cretword'],
    ['-----BEGIN RSA PRIVATE KEY-----\ns3cretword\n-----END RSA PRIVATE KEY-----', 's3cretword'],
    ['AGE-SECRET-KEY-1QQQQQQQQQQ', 'AGE-SECRET-KEY-1QQQQQQQQQQ'],
  ];
  for (const [text, secret] of cases) {
    it(`hides the secret in ${text.slice(0, 30)}`, () => {
      assert.ok(!redact(text).includes(secret), redact(text));
    });
  }

  it('leaves ordinary output alone', () => {
    const text = 'restored 5000 rows in 2.1 s into postgres:///orders?host=/tmp/x';
    assert.equal(redact(text), text);
  });
});
