/** Shell texts of real runbooks: what each hides, destroys or aims at, and the ones that do none of it. */
import assert from 'node:assert/strict';
import { checkWorkspace } from '../../../../server/src/app/checkWorkspace.ts';
import { parse } from '../../../../server/src/core/document/parse.ts';
import { buildWorkspace } from '../../../../server/src/core/workspaceIndex.ts';

const WATCHED = [
  'silent-failure',
  'destructive-without-approval',
  'production-target',
  'unchecked-exit',
  'secret-in-step',
  'unpinned-version',
];

function found(run: string, watched: readonly string[] = WATCHED): readonly string[] {
  const value = {
    apiVersion: 'drillbook/v1',
    kind: 'Runbook',
    metadata: { name: 'x' },
    restore: { steps: [{ id: 'load', run, timeout: '5m' }] },
  };
  const workspace = buildWorkspace([{ file: 'x.runbook.yaml', parsed: parse(JSON.stringify(value)) }]);
  return checkWorkspace(workspace, { now: 0, evidence: { entries: [], problems: [] } })
    .map((finding) => finding.code.replace('practice/', ''))
    .filter((code) => watched.includes(code));
}

describe('practice rules on shell texts', () => {
  for (const [run, ...codes] of [
    ['pg_restore -e -d "$TARGET" x.dump; true', 'silent-failure'],
    ['pg_restore -e -d "$TARGET" x.dump || :', 'silent-failure'],
    ['pg_restore -e -d "$TARGET" x.dump; echo done', 'silent-failure'],
    ['./failover.sh && true; printf "all %s" good\n', 'silent-failure'],
    ['set -e; pg_restore -e -d "$TARGET" x.dump; echo done'],
    ['pg_restore -e -d "$TARGET" x.dump && echo done'],
    ['pg_restore -e -d "$TARGET" x.dump; code=$?; exit $code; echo never'],
    ['rsync -a --delete /restore/ /home/', 'destructive-without-approval'],
    ['rsync -a --delete-after host:/x/ /srv/', 'destructive-without-approval'],
    ['rsync -a --delete /restore/ "$TARGET/"'],
    ['rsync -a --delete /restore/ /tmp/try/'],
    ['rsync -a /restore/ /home/'],
    ['ssh db1.prod.internal "pg_restore -e -d app x.dump"', 'production-target'],
    ['ssh -i key -v root@db-prod-1 "pg_restore -e -d app x.dump"', 'production-target'],
    ['ssh restore-host "pg_restore -e -d app x.dump"'],
    ['set -euo pipefail\naws s3 cp s3://acme/x.dump - | pg_restore --exit-on-error --dbname "$TARGET"'],
    ['systemctl stop app\nsystemctl start app', 'unchecked-exit'],
    ['set +e\nsystemctl stop app', 'silent-failure'],
    ['gcloud sql backups restore 7 --restore-instance=cart-prod', 'production-target'],
    ['gcloud sql backups list --instance=cart-prod'],
    ['sudo apt-get install -y postgresql-client', 'unpinned-version'],
    ['apt-get install -y postgresql-client-15'],
    ['apk add --no-cache restic=0.17.3-r0'],
    ['aws configure set aws_secret_access_key wJalrXUtnFEMIxK7MDENG', 'secret-in-step'],
    ['aws configure set aws_secret_access_key "$KEY"'],
    ['redis-cli -h "$TARGET" -a Hunter22xyz ping', 'secret-in-step'],
    ['redis-cli -h "$TARGET" -a "$REDIS_PW" ping'],
    ['grep -q ok log || { echo failed >&2; exit 1; }'],
  ] as const) {
    it(run.replaceAll('\n', ' ↵ '), () => assert.deepEqual(found(run), codes));
  }

  for (const run of [
    'gcloud sql backups restore 7 --restore-instance=cart-new',
    'az postgres flexible-server restore --name cart-new --source-server cart',
    'etcdctl snapshot restore s.db --data-dir /var/lib/new',
  ]) {
    it(`takes for a restore: ${run}`, () => assert.deepEqual(found(run, ['no-verify']), ['no-verify']));
  }
});
