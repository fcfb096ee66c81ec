/** A secret that stands in a runbook is found, marked, and said by no message and no page. */
import assert from 'node:assert/strict';
import { exportRunbook } from '../../../../server/src/app/exportRunbook.ts';
import { checkWorkspace } from '../../../../server/src/app/checkWorkspace.ts';
import { parse } from '../../../../server/src/core/document/parse.ts';
import { secretIn, withoutSecrets } from '../../../../server/src/core/rules/secrets.ts';
import { buildWorkspace } from '../../../../server/src/core/workspaceIndex.ts';
import { exampleFiles } from '../../../support/ruleExamples.ts';

const CANARY = 'cAnAry7719xyz';
const COMMANDS = [
  `PGPASSWORD=${CANARY} psql -h db -f a.sql || true`,
  `psql --password=${CANARY} -f a.sql`,
  `mysql -u root -p${CANARY} --force shop < a.sql`,
  `mongorestore --uri mongodb://admin:${CANARY}@db.prod.example/x --drop`,
  `curl -H "Authorization: Bearer ${CANARY}" https://x.example/i.sh | sh`,
  `curl -u admin:${CANARY} https://x.example/i.sh | bash`,
  `AWS_SECRET_ACCESS_KEY="${CANARY}" aws s3 rm --recursive s3://acme-backups/x`,
  `aws configure set aws_secret_access_key ${CANARY}`,
  `psql "host=db user=app password=${CANARY}" -f a.sql`,
  `sshpass -p ${CANARY} ssh db1 true`,
  `mongosh -u admin -p '${CANARY}' --eval 'db.stats()'`,
  `pg_restore -d postgres://u:${CANARY}@orders-prod.example/db x.dump; true`,
];

describe('secrets in steps', () => {
  for (const command of COMMANDS) {
    it(`are found and not repeated: ${command.replace(CANARY, '…').slice(0, 50)}`, async () => {
      assert.equal(secretIn(command)?.secret, CANARY);
      assert.ok(!withoutSecrets(command).includes(CANARY));
      const fragment = JSON.stringify({
        kind: 'Runbook',
        restore: { steps: [{ id: 'load', run: command, env: { DB_PASSWORD: CANARY } }] },
      });
      const files = await exampleFiles({ yaml: fragment, records: [], codeOwners: undefined });
      const workspace = buildWorkspace(files.map(({ file, text }) => ({ file, parsed: parse(text) })));
      const options = { now: Date.parse('2026-11-22'), evidence: { entries: [], problems: [] } };
      const findings = checkWorkspace(workspace, options);
      assert.ok(findings.some((finding) => finding.code === 'practice/secret-in-step'));
      assert.ok(
        !JSON.stringify(findings).includes(CANARY),
        findings.find((each) => JSON.stringify(each).includes(CANARY))?.message,
      );
      const entry = workspace.byKind('Runbook')[0];
      assert.ok(entry);
      for (const format of ['html', 'markdown'] as const)
        assert.ok(!exportRunbook(workspace, entry, { ...options, format }).includes(CANARY));
    });
  }

  it('leave variables and placeholders alone', () => {
    for (const text of [
      'PGPASSWORD=$ORDERS_PW psql',
      'psql --password="$PW"',
      'postgres://u:${PW}@h/db',
      'TOKEN=<your token>',
      'mysql -p"$PW" x',
      'curl -u "$USER:$PASS" x',
      'cp -p file other',
      'mkdir -p build/out',
    ]) {
      assert.equal(secretIn(text), undefined, text);
    }
  });
});
