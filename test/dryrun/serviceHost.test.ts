/** Which hosts below amazonaws.com are AWS, and which are only rented there. */
import assert from 'node:assert/strict';
import { isServiceHost } from '../../server/src/dryrun/stores/aws.ts';

describe("AWS's own endpoints", () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ['s3.amazonaws.com', true],
    ['s3.eu-west-1.amazonaws.com', true],
    ['s3.dualstack.eu-west-1.amazonaws.com', true],
    ['sts.us-gov-west-1.amazonaws.com', true],
    ['s3.cn-north-1.amazonaws.com.cn', true],
    ['ec2-203-0-113-9.compute-1.amazonaws.com', false],
    ['abc123.execute-api.eu-west-1.amazonaws.com', false],
    ['bucket.s3.amazonaws.com', false],
    ['s3-website-us-east-1.amazonaws.com', false],
    ['lb-1.eu-west-1.elb.amazonaws.com', false],
    ['s3.amazonaws.com.evil.test', false],
  ];
  for (const [host, own] of rows)
    it(`${own ? 'knows' : 'does not take'} ${host}`, () => assert.equal(isServiceHost(host), own));
});
