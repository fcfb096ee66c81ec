/** Which hosts steps may reach, the policy of their session, and which addresses are the internet's: without a network. */
import assert from 'node:assert/strict';
import { SESSION_POLICY } from '../../server/src/dryrun/steps/cloudSession.ts';
import { verdictOf, type CloudHosts } from '../../server/src/dryrun/steps/cloudHosts.ts';
import { isAwayAddress, isLinkLocal, isPublicAddress } from '../../server/src/platform/publicAddress.ts';

describe('the hosts that steps may reach', () => {
  const AWS: CloudHosts = { regions: ['eu-west-1'], named: [] };
  const verdict = (place: string, hosts = AWS, tunnel = true): string => {
    const [, host = '', port] = /^(.+):(\d+)$/u.exec(place) ?? [];
    const said = verdictOf(hosts, { host, port: Number(port), tunnel });
    return said.allowed ? (said.awayOnly ? 'away' : 'any') : said.why;
  };

  for (const place of [
    'sts.eu-west-1.amazonaws.com:443',
    's3.eu-west-1.amazonaws.com:443',
    'vault.s3.eu-west-1.amazonaws.com:443',
    'my.dotted.vault.s3.dualstack.eu-west-1.amazonaws.com:443',
    'vault.s3-fips.eu-west-1.amazonaws.com:443',
    '123456789012.s3-control.eu-west-1.amazonaws.com:443',
    'api.ecr.eu-west-1.amazonaws.com:443',
    'vault.s3.amazonaws.com:443',
    'sts.amazonaws.com:443',
    'iam.amazonaws.com:443',
  ])
    it(`${place} is one`, () => assert.equal(verdict(place), 'away'));

  for (const place of [
    'sts.us-east-1.amazonaws.com:443',
    'sts.eu-west-1.amazonaws.com:80',
    'sts.eu-west-1.amazonaws.com:5432',
    'a1b2.execute-api.eu-west-1.amazonaws.com:443',
    'balancer.elb.eu-west-1.amazonaws.com:443',
    'orders.abc.eu-west-1.rds.amazonaws.com:443',
    'ec2-1-2-3-4.eu-west-1.compute.amazonaws.com:443',
    'vault.s3-website.eu-west-1.amazonaws.com:443',
    'sts.eu-west-1.amazonaws.com.evil.test:443',
    'evil.test/.eu-west-1.amazonaws.com:443',
    'sts-eu-west-1.amazonaws.com:443',
    '169.254.169.254:443',
    'example.com:443',
  ])
    it(`${place} is none`, () => assert.match(verdict(place), /^\S+ is .+which is all that|is a port of databases/u));

  it('are China’s own in China', () => {
    const hosts = { regions: ['cn-north-1'], named: [] };
    assert.equal(verdict('s3.cn-north-1.amazonaws.com.cn:443', hosts), 'away');
    assert.notEqual(verdict('s3.cn-north-1.amazonaws.com:443', hosts), 'away');
  });

  it('are the endpoint alone where the environment names one, as it is spoken to', () => {
    const hosts = { ...AWS, endpoint: 'http://127.0.0.1:5000' };
    assert.equal(verdict('127.0.0.1:5000', hosts, false), 'any');
    assert.match(verdict('127.0.0.1:5000', hosts), /is not the environment's endpoint/u);
    assert.match(verdict('127.0.0.1:5001', hosts, false), /is not the environment's endpoint/u);
    assert.match(verdict('sts.eu-west-1.amazonaws.com:443', hosts), /is not the environment's endpoint/u);
    const secure = { ...AWS, endpoint: 'https://minio.internal' };
    assert.equal(verdict('minio.internal:443', secure), 'any');
    assert.match(verdict('minio.internal:443', secure, false), /is not the environment's endpoint/u);
  });

  it('are never at an address that a document names', () => {
    const named = [
      { name: 'databases.orders', engine: 'postgres', host: '10.0.0.5' },
      { name: 'x', engine: 'mysql', host: '10.0.0.6', port: 3306 },
    ];
    const said = verdictOf({ ...AWS, named }, { host: 'sts.eu-west-1.amazonaws.com', port: 443, tunnel: true });
    assert.deepEqual(said, { allowed: true, awayOnly: true, notAt: ['10.0.0.5'] });
  });

  it('are never a server that a document names, nor a database', () => {
    const named = [{ name: 'databases.orders', engine: 'postgres', host: 'Minio.internal', port: 443 }];
    const hosts = { ...AWS, endpoint: 'https://minio.internal', named };
    assert.match(verdict('minio.internal:443', hosts), /is a server that the documents name/u);
    const database = { ...AWS, endpoint: 'http://127.0.0.1:5432' };
    assert.match(verdict('127.0.0.1:5432', database, false), /is a port of databases/u);
  });
});

describe('the policy of the steps’ session', () => {
  const policy = JSON.parse(SESSION_POLICY) as {
    readonly Statement: readonly {
      readonly Effect: string;
      readonly Action?: string[];
      readonly NotAction?: string[];
    }[];
  };
  const [allow, deny] = policy.Statement;

  it('is within what AssumeRole takes', () => assert.ok(SESSION_POLICY.length <= 2048, String(SESSION_POLICY.length)));

  it('allows verbs that read, and denies all others for good', () => {
    assert.equal(policy.Statement.length, 2);
    assert.deepEqual([allow?.Effect, deny?.Effect], ['Allow', 'Deny']);
    assert.deepEqual(deny?.NotAction, allow?.Action);
    for (const action of allow?.Action ?? [])
      assert.match(action, /^[a-z0-9]+:(?:(?:Get|List|Describe|Filter)\*|Decrypt|BatchGetItem|Query|Scan)$/u, action);
    for (const action of allow?.Action ?? []) assert.doesNotMatch(action, /^(?:secretsmanager|ssm):Get|^sts:Assume/u);
  });
});

describe('an address', () => {
  it('of the internet is told from all others', () => {
    for (const address of ['52.95.110.1', '2a05:d018::1', '100.128.0.1', '172.32.0.1'])
      assert.equal(isPublicAddress(address), true, address);
    for (const address of [
      ...[
        '127.0.0.1',
        '10.1.2.3',
        '172.16.0.1',
        '192.168.1.1',
        '169.254.169.254',
        '100.64.0.1',
        '0.0.0.0',
        '224.0.0.1',
      ],
      ...[
        '::1',
        '::',
        'fe80::1',
        'fd00:ec2::254',
        '::ffff:127.0.0.1',
        '::ffff:52.95.110.1',
        '64:ff9b::a00:1',
        '2002:a00:1::',
      ],
      ...['255.255.255.255', '2001:db8::1', 'ff02::1', 'localhost', ''],
    ])
      assert.equal(isPublicAddress(address), false, address);
  });

  it('of a network of one’s own leads away from this machine, as those of interface endpoints do', () => {
    for (const address of [
      '10.0.3.17',
      '172.31.0.9',
      '192.168.1.4',
      '100.64.0.7',
      'fd12::1',
      '52.95.110.1',
      '2600:1f00::1',
    ])
      assert.equal(isAwayAddress(address), true, address);
    for (const address of [
      '127.0.0.1',
      '0.0.0.0',
      '169.254.169.254',
      '::1',
      '::',
      'fe80::1',
      'fd00:ec2::254',
      '::ffff:127.0.0.1',
      '224.0.0.1',
      '198.18.0.1',
    ])
      assert.equal(isAwayAddress(address), false, address);
  });

  it('of a metadata service is known, also in the clothes of IPv6', () => {
    for (const address of ['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254', 'fe80::1'])
      assert.equal(isLinkLocal(address), true, address);
    for (const address of ['127.0.0.1', '::1', '10.0.0.1', '52.95.110.1'])
      assert.equal(isLinkLocal(address), false, address);
  });
});
