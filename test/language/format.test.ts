/** Formatting of one messy runbook: indented, spaced and trimmed, with its comments and texts as they were. */
import assert from 'node:assert/strict';
import { parse } from '../../server/src/core/document/parse.ts';
import { format } from '../../server/src/language/format/format.ts';
import { applyEdits } from '../support/markedContext.ts';
import { RUNBOOK } from '../support/runbooks.ts';

const MESSY = `# a runbook
apiVersion:   drillbook/v1
kind: Runbook   # the kind


metadata:
    name: orders-db
    owners:
    -   {name: Payments,contact: "#x"}   
    # the second
    - { name: Data,   contact: y }
resources:
      vault:   # the vault
          kind: aws/s3-bucket
          # its name
          id: acme
restore:
   steps:
   - id: load
     run: |
       pg_restore   --x   

         indented
     verify: "a
       b"
   -
     id: two
     manual: >-
       text
`;
const NEAT = `# a runbook
apiVersion: drillbook/v1
kind: Runbook   # the kind

metadata:
  name: orders-db
  owners:
    - { name: Payments, contact: "#x" }
    # the second
    - { name: Data, contact: y }
resources:
  vault:   # the vault
    kind: aws/s3-bucket
    # its name
    id: acme
restore:
  steps:
    - id: load
      run: |
        pg_restore   --x   

          indented
      verify: "a
        b"
    -
      id: two
      manual: >-
        text
`;

describe('formatting', () => {
  it('indents, spaces and trims, and keeps comments and texts', () => {
    assert.equal(applyEdits(MESSY, format(parse(MESSY))), NEAT);
  });

  it('has nothing to do the second time', () => assert.deepEqual(format(parse(NEAT)), []));
  it('has nothing to do on a neat runbook', () => assert.deepEqual(format(parse(RUNBOOK)), []));

  it('changes only the lines of a range', () => {
    const made = applyEdits(
      MESSY,
      format(parse(MESSY), [{ start: { line: 1, character: 0 }, end: { line: 2, character: 0 } }]),
    );
    assert.equal(made, MESSY.replace('apiVersion:   d', 'apiVersion: d'));
  });

  it('leaves broken documents and other tools’ documents alone', () => {
    assert.deepEqual(format(parse('apiVersion: drillbook/v1\nkind:   [Runbook\n')), []);
    const other = 'services:\n      web:   1\n---\napiVersion:  drillbook/v1\n';
    assert.equal(applyEdits(other, format(parse(other))), 'services:\n      web:   1\n---\napiVersion: drillbook/v1\n');
  });

  it('keeps CRLF line ends', () => {
    const text = MESSY.replaceAll('\n', '\r\n');
    const made = applyEdits(text, format(parse(text)));
    assert.equal(made, NEAT.replaceAll('\n', '\r\n'));
  });

  it('leaves a document in the columns that it is written in, where the editor says the same', () => {
    const four =
      'apiVersion: drillbook/v1\nkind: Runbook\nmetadata:\n    name: a\n    owners:\n        - name: x\n          contact: y\n';
    const two =
      'apiVersion: drillbook/v1\nkind: Runbook\nmetadata:\n  name: a\n  owners:\n    - name: x\n      contact: y\n';
    assert.deepEqual(format(parse(four), undefined, 4), []);
    assert.equal(applyEdits(four, format(parse(four), undefined, 2)), two);
    assert.deepEqual(format(parse(two), undefined, 8), []);
  });
});
