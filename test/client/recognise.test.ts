/** Which YAML is ours, told by its head. */
import assert from 'node:assert/strict';
import { recognise } from '../../client/src/recognise.ts';

describe('recognise', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['a runbook', 'apiVersion: drillbook/v1\nkind: Runbook\n', 'ours'],
    ['another version of ours', 'apiVersion: drillbook/v2\n', 'ours'],
    ['a comment and a document marker before it', '# hello\n---\napiVersion: drillbook/v1\n', 'ours'],
    ['quotes', '"apiVersion": "drillbook/v1"\n', 'ours'],
    ['a byte order mark and CRLF', '\uFEFFapiVersion: drillbook/v1\r\nkind: Policy\r\n', 'ours'],
    ['the key after the marker on one line', '--- apiVersion: drillbook/v1\n', 'ours'],
    ['ours as the second document', 'apiVersion: v1\n---\napiVersion: drillbook/v1\n', 'ours'],
    ['Kubernetes', 'apiVersion: apps/v1\nkind: Deployment\n', 'other'],
    ['a nested key', 'spec:\n  apiVersion: drillbook/v1\n', 'undecided'],
    ['a comment that only mentions it', '# apiVersion: drillbook/v1\nname: x\n', 'undecided'],
    ['a name that only begins like ours', 'apiVersion: drillbooks/v1\n', 'other'],
    ['nothing', '', 'undecided'],
    ['what stands too far down', `${'a: 1\n'.repeat(300)}apiVersion: drillbook/v1\n`, 'undecided'],
  ];
  for (const [what, text, expected] of cases) {
    it(`says ${expected} for ${what}`, () => {
      assert.equal(recognise(text), expected);
    });
  }
});
