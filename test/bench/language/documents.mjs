/** Runbooks of a wanted length, valid but for what a bench breaks: many resources, backups, steps and checks. */

/** One runbook of about `lines` lines. */
export function runbookOf(lines, name = 'bench') {
  // Thirteen lines a group, twenty of head and tail.
  const groups = Math.max(1, Math.round((lines - 20) / 15));
  const each = (make) => Array.from({ length: groups }, (_, index) => make(index)).join('');
  return `apiVersion: drillbook/v1
kind: Runbook
metadata:
  name: ${name}
  title: Restore the ${name} database
  owners:
    - { name: One, contact: one@example.com }
    - { name: Two, contact: two@example.com }
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
${each(
  (index) => `  b${index}:
    of: r${index}
    tool: files
    in: { bucket: r${index}, prefix: data/${index}/ }
    schedule: "0 * * * *"
    retention: 35d
`,
)}restore:
  rpo: 2h
  rto: 1h
  steps:
${each(
  (index) => `    - id: s${index}
      run: echo step ${index}
      timeout: 30s
`,
)}`.replace(/\n$/, '\n');
}
