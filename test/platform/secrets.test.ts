/** A secret never leaves: by value, in every usual dress, and by what looks like one. */
import assert from 'node:assert/strict';
import { createApprovedHosts } from '../../server/src/platform/approvedHosts.ts';
import { createRedactor } from '../../server/src/platform/redactor.ts';
import { createSecrets } from '../../server/src/platform/secrets.ts';

describe('redactor', () => {
  it('blanks a registered secret as it is, in URLs, JSON and Base64', () => {
    const { register, redact } = createRedactor();
    const secret = 'p@ss "w/rd" €1';
    register(secret);
    const clothes = [
      secret,
      encodeURIComponent(secret),
      JSON.stringify({ a: secret }),
      Buffer.from(secret).toString('base64'),
    ];
    for (const text of clothes) {
      const clean = redact(`before ${text} after`);
      assert.ok(!clean.includes('w/rd') && !clean.includes('w%2Frd'), clean);
      assert.match(clean, /^before .*•••.* after$/);
    }
  });

  it('blanks a short secret as a word, and leaves longer words alone', () => {
    const { register, redact } = createRedactor();
    register('drill');
    assert.equal(redact('password drill of drillbook'), 'password ••• of drillbook');
  });

  it('blanks every line of a key', () => {
    const { register, redact } = createRedactor();
    register('first-line-of-key\nsecond-line-of-key');
    assert.equal(redact('x second-line-of-key y'), 'x ••• y');
  });

  it('blanks a key that is cut off up to the end of the text that it stands in, and leaves JSON whole', () => {
    const { redact } = createRedactor();
    const begin = `-----BEGIN RSA PRIVATE KEY-----\n`;
    const end = '\n-----END RSA PRIVATE KEY-----';
    const lines = 'MIIEowIBAAKCAQEA\nx+/y=\n';
    for (const text of [
      begin + lines,
      begin + lines + end,
      `${begin}Comment: "mine"\n${lines}${end}`,
      begin + lines.repeat(4000),
    ]) {
      const record = { before: 'a', key: `read ${text}`, after: 'b "c" \\', more: [text, 'd'] };
      for (const json of [
        JSON.stringify(record),
        JSON.stringify(record, undefined, 2),
        JSON.stringify({ all: JSON.stringify(record) }),
      ]) {
        const clean = redact(json);
        assert.doesNotMatch(clean, /MIIE/u);
        const read = JSON.parse(clean) as { readonly all?: string };
        const back = (read.all === undefined ? read : JSON.parse(read.all)) as typeof record;
        assert.deepEqual([back.before, back.after, back.more[1]], ['a', 'b "c" \\', 'd']);
      }
    }
    assert.equal(redact(`x ${begin}${lines}`), 'x •••');
    assert.equal(redact(`x ${begin}${lines}\\`), 'x •••');
    assert.equal(redact(`x ${begin}Comment: "mine" and\n${lines}${end} y`), 'x ••• y');
    const strange = `${'x+'.repeat(200_000)}://`;
    assert.equal(redact(`${strange}a:b@c`), `${strange}a:•••@c`);
    // What can be no key takes neither the stack nor the afternoon.
    for (const text of [
      begin + lines.repeat(200_000),
      JSON.stringify(begin + lines.repeat(200_000)),
      begin.repeat(20_000),
      begin + '\n'.repeat(20_000) + lines.repeat(20_000),
    ])
      assert.match(redact(text), /•••/u);
  });

  const looks: readonly (readonly [string, string])[] = [
    ['AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    ['postgres://user:hunter22@db/x', 'hunter22'],
    ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI'],
    ['https://x.s3/y?X-Amz-Signature=abcdef012345&z=1', 'abcdef012345'],
    ['Authorization: Bearer abc.def-ghi', 'abc.def-ghi'],
    ['PGPASSWORD=letmein psql', 'letmein'],
    ['{"password": "let me in"}', 'let me in'],
    ['-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----', 'MIIEvQ'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEvQ', 'MIIEvQ'],
    ['host=x password=hunter22 dbname=y', 'hunter22'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'abcdefghijklmnop'],
  ];
  for (const [text, secret] of looks) {
    it(`blanks what looks like a secret: ${text.slice(0, 24)}…`, () => {
      assert.ok(!createRedactor().redact(text).includes(secret));
    });
  }

  it('leaves ordinary text alone', () => {
    const text =
      'The password of orders-live (variable ORDERS_PW) is not there: password authentication failed for user "x".';
    assert.equal(createRedactor().redact(text), text);
  });
});

describe('secrets', () => {
  it('are not read in an untrusted workspace', async () => {
    const untrusted = createSecrets({ trusted: () => false, environment: { A: 'value-of-a' }, folder: '/' });
    assert.equal(await untrusted.read({ env: 'A' }), undefined);
  });
  it('are known to the redactor once read', async () => {
    const secrets = createSecrets({ trusted: () => true, environment: { A: 'value-of-a' }, folder: '/' });
    assert.equal(secrets.redact('value-of-a'), 'value-of-a');
    assert.equal(await secrets.read({ env: 'A' }), 'value-of-a');
    assert.equal(secrets.redact('value-of-a'), '•••');
    assert.equal(await secrets.read({ file: '/no/such/file' }), undefined);
  });
});

describe('approved hosts', () => {
  const hosts = createApprovedHosts(['db.internal', '*.example.com']);
  const rows: readonly (readonly [string, boolean])[] = [
    ['localhost', true],
    ['127.0.0.1', true],
    ['127.9.9.9:5432', true],
    ['[::1]:5432', true],
    ['/var/run/postgresql', true],
    ['db.internal', true],
    ['DB.internal.', true],
    ['a.example.com', true],
    ['example.com', false],
    ['evilexample.com', false],
    ['127.0.0.1.evil.com', false],
    ['localhost.evil.com', false],
    ['10.0.0.1', false],
    // Names that a URL takes apart: the host connected to would be another one.
    ['evil.test/.localhost', false],
    ['evil.test?.localhost', false],
    ['evil.test#.localhost', false],
    ['evil.test,x.localhost', false],
    ['user@evil.test/.example.com', false],
    ['/x@evil.test', false],
    ['127.0.0.1@evil.test', false],
    ['[::1]@evil.test', false],
  ];
  for (const [host, approved] of rows) {
    it(`${approved ? 'approve' : 'refuse'} ${host}`, () => assert.equal(hosts.isApproved(host), approved));
  }

  it('leaves JSON whole, whatever stands around a secret in its texts', () => {
    const { redact } = createRedactor();
    for (const note of [
      'ran "psql password=hunter2"',
      'password="hunter2 b c" x',
      'PGPASSWORD=hunter2\\b\\\\ next',
      'password=hunter2\\',
      'line password=hunter2\nnext',
      "password='hunter2 y'",
      'https://u:hunter2@h/?X-Amz-Signature=hunter2" "',
    ]) {
      const text = redact(JSON.stringify({ note, other: 'kept' }));
      assert.equal((JSON.parse(text) as { other: string }).other, 'kept', note);
      assert.doesNotMatch(text, /hunter2/u);
      assert.doesNotMatch(redact(note), /hunter2/u);
    }
  });
});
