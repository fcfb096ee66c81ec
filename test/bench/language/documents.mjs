/** Runbooks of a wanted length, valid but for what a bench breaks: many resources, backups, steps and checks. */

/** One runbook of about `lines` lines. */
export function runbookOf(lines, name = 'bench') {
  const groups = Math.max(1, Math.round((lines - 45) / 10));
  const each = (make) => Array.from({ length: groups }, (_, index) => make(index)).join('');
  return `apiVersion: drillbook/v1
kind: Runbook
metadata:
  name: ${name}
  title: Restore the ${name} database
  owners:
    - { name: One, contact: one@example.com }
    - { name: Two, contact: two@example.com }
  reviewedOn: 2026-10-02
dataClass: critical
recovery: scripted
resources:
${each(
  (index) => `  r${index}:
    kind: aws/s3-bucket
    id: bucket-${index}
    region: eu-west-1
    expect:
      versioning: enabled
      publicAccess: blocked
`,
)}backups:
  hourly:
    of: r0
    tool: files
    in: { bucket: r0, prefix: data/ }
    schedule: "0 * * * *"
    takes: 20m
    retention: 35d
    checksum: sha256
    immutable: true
    health: { metric: "backup_last_success", alert: "pagerduty:backup" }
restore:
  rpo: 2h
  rto: 6w
  authority: incident-commander
  steps:
${each(
  (index) => `    - id: s${index}
      run: echo step ${index}
      timeout: 30s
`,
)}dryRuns:
  all:
    backup: hourly
    checks:
      - { name: files are there, files: "data/**", count: ">=10" }
`;
}
