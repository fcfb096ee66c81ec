/** Documents for tests: a small workspace in which everything holds. */
export const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata:
  name: orders-db
  title: Restore the orders database
  owners:
    - { name: Payments on-call, contact: "#payments-oncall" }
    - { name: Data platform, contact: data-platform@example.com }
  reviewedOn: 2026-10-02
environment: production
dataClass: customer-critical
recovery: scripted

resources:
  primary:
    kind: aws/rds-instance
    id: orders-prod
    region: eu-west-1
    account: prod
    expect:
      engine: postgres
      version: "15"
      storageEncrypted: true
      backupRetentionDays: ">=7"
  vault:
    kind: aws/s3-bucket
    id: \${{ vars.vault }}
    region: eu-west-1
    account: backup
    expect:
      versioning: enabled
      publicAccess: blocked
  writer: { kind: aws/iam-role, id: orders-backup, account: prod }
  operator: { kind: aws/iam-role, id: orders-restore, account: backup }

backups:
  hourly:
    of: primary
    database: orders
    tool: pg_dump
    in: { bucket: vault, prefix: orders/hourly/, match: "orders-*.dump", time: "orders-%Y%m%dT%H%M%SZ.dump" }
    schedule: "0 * * * *"
    takes: 20m
    retention: 35d
    checksum: sha256
    immutable: true
    role: writer
    health: { metric: 'backup_last_success{job="orders"}', alert: "pagerduty:orders-backup" }

restore:
  rpo: 2h
  rto: 1h
  budget: { effort: 15m, cost: 500 USD }
  role: operator
  authority: incident-commander
  dependsOn: [identity-db]
  steps:
    - id: freeze
      manual: Put the shop into read-only mode.
      effort: 5m
    - id: fetch
      run: aws s3 cp \${{ backups.hourly.latest.uri }} orders.dump
      timeout: 10m
    - id: load
      run: pg_restore --exit-on-error --dbname "$TARGET" orders.dump
      timeout: 30m
      needs: [fetch]

dryRuns:
  orders:
    backup: hourly
    sandbox: { engine: postgres, version: "15" }
    checks:
      - { name: orders came back, query: select count(*) from orders, expect: ">=1000" }
`;

export const IDENTITY = `apiVersion: drillbook/v1
kind: Runbook
metadata:
  name: identity-db
  title: Restore the identity database
  owners:
    - { name: Identity, contact: identity@example.com }
    - { name: Data platform, contact: data-platform@example.com }
environment: production
dataClass: customer-critical
recovery: scripted
resources:
  folder: { kind: database/postgres, id: identity }
backups:
  daily:
    of: folder
    tool: pg_dump
    in: { folder: ./dumps, match: "*.dump" }
    schedule: "0 3 * * *"
    retention: 35d
restore:
  rpo: 26h
  rto: 30m
  steps:
    - { id: load, run: pg_restore --exit-on-error identity.dump, timeout: 10m }
`;

export const POLICY = `apiVersion: drillbook/v1
kind: Policy
metadata: { name: acme }
classes:
  customer-critical:
    recovery: scripted
    rpo: 2h
    rto: 1h
    owners: 2
  scratch: { ephemeral: true, why: rebuilt from events in an hour }
`;

export const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
vars: { vault: acme-backups-prod }
aws:
  accounts:
    prod: { id: "123456789012", profile: prod-readonly }
    backup: { id: "210987654321", assumeRole: "arn:aws:iam::210987654321:role/drill-readonly" }
  regions: [eu-west-1, eu-central-1]
databases:
  identity: { engine: postgres, host: replica.internal, port: 5432, user: drillbook, password: { env: IDENTITY_PW } }
`;

export const WORKSPACE: Readonly<Record<string, string>> = {
  'runbooks/orders.runbook.yaml': RUNBOOK,
  'runbooks/identity.runbook.yaml': IDENTITY,
  'acme.policy.yaml': POLICY,
  'production.environment.yaml': ENVIRONMENT,
};
