/** Small documents that hold, for the command line's tests. */

export const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
vars: { vault: acme-backups }
aws:
  endpoint: http://127.0.0.1:9
  accounts:
    prod: { id: "123456789012" }
`;

export const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata:
  name: orders-db
  title: Restore the orders database
  owners:
    - { name: Payments on-call, contact: "#payments-oncall" }
    - { name: Data platform, contact: data@example.com }
  reviewedOn: 2026-10-02
environment: production
recovery: scripted
resources:
  vault:
    kind: aws/s3-bucket
    id: \${{ vars.vault }}
    region: eu-west-1
    account: prod
    expect: { versioning: enabled }
backups:
  hourly:
    database: orders
    tool: pg_dump
    in: { bucket: vault, prefix: orders/, match: "orders-*.dump", time: "orders-%Y%m%dT%H%M%SZ.dump" }
    schedule: "0 * * * *"
    takes: 20m
    retention: 35d
restore:
  rpo: 2h
  rto: 1h
  steps:
    - id: load
      run: pg_restore --exit-on-error --dbname "$TARGET" orders.dump
dryRuns:
  orders:
    backup: hourly
    sandbox: { engine: postgres, version: "15" }
    checks:
      - { name: orders came back, query: select count(*) from orders, expect: ">=1" }
`;
