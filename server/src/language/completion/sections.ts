/** Pieces of a section to start from: backups, dry runs, steps, checks, classes, accounts, databases. */
import type { Snippet } from './snippets.ts';

/** New keys of a section, by the kind of document and the path. */
export const NAMED: Readonly<Record<string, readonly Snippet[]>> = {
  'Runbook backups': [
    {
      label: 'backup in a bucket',
      detail: 'a dump in an object store',
      body: '${1:hourly}:\n  of: ${2:primary}\n  tool: ${3:pg_dump}\n  in: { bucket: ${4:vault}, prefix: ${5:orders/}, match: "${6:*.dump}" }\n  schedule: "${7:0 * * * *}"\n  retention: ${8:35d}\n  checksum: sha256',
    },
    {
      label: 'backup in a folder',
      detail: 'a dump in a folder',
      body: '${1:nightly}:\n  of: ${2:primary}\n  tool: ${3:pg_dump}\n  in: { folder: ${4:./dumps}, match: "${5:*.dump}" }\n  schedule: "${6:0 3 * * *}"\n  retention: ${7:35d}',
    },
    {
      label: 'copy of a backup',
      detail: 'the same backup in a second place',
      body: '${1:hourly-dr}: { copyOf: ${2:hourly}, in: { bucket: ${3:vault-dr}, prefix: ${4:orders/} }, within: ${5:2h} }',
    },
  ],
  'Runbook dryRuns': [
    {
      label: 'dry run',
      detail: 'restore into a private server and check the data',
      body: '${1:orders}:\n  backup: ${2:hourly}\n  sandbox: { engine: ${3:postgres}, version: "${4:15}" }\n  checks:\n    - { name: ${5:rows came back}, query: ${6:select count(*) from orders}, expect: "${7:>=1}" }',
    },
  ],
  'Policy classes': [
    {
      label: 'data class',
      detail: 'what is asked of every runbook of it',
      body: '${1:customer-critical}:\n  recovery: ${2|scripted,passive,automated|}\n  rpo: ${3:2h}\n  rto: ${4:1h}\n  budget: { effort: ${5:15m}, cost: ${6:500 USD} }\n  owners: 2',
    },
    {
      label: 'ephemeral class',
      detail: 'data that need not come back',
      body: '${1:scratch}: { ephemeral: true, why: ${2:rebuilt from events in an hour} }',
    },
  ],
  'Environment aws.accounts': [
    {
      label: 'account by profile',
      detail: 'an AWS account that a profile reads',
      body: '${1:prod}: { id: "${2:123456789012}", profile: ${3:prod-readonly} }',
    },
    {
      label: 'account by role',
      detail: 'an AWS account that is read in a role',
      body: '${1:backup}: { id: "${2:210987654321}", assumeRole: "arn:aws:iam::${2:210987654321}:role/${3:drill-readonly}" }',
    },
  ],
  'Environment databases': [
    {
      label: 'database',
      detail: 'a server that is looked at, with a password from a variable',
      body: '${1:orders-replica}: { engine: ${2|postgres,mysql,mariadb,mongodb,redis|}, host: ${3:replica.internal}, user: ${4:drillbook}, password: { env: ${5:ORDERS_PW} }, tls: verify-full }',
    },
  ],
  'Environment sandboxes': [
    {
      label: 'sandbox',
      detail: 'a server named for dry runs',
      body: '${1:ci}: { kind: server, host: ${2:scratch.internal}, user: ${3:drill}, password: { env: ${4:SCRATCH_PW} } }',
    },
  ],
};

/** Items of a list, by its key. */
export const ITEMS: Readonly<Record<string, readonly Snippet[]>> = {
  steps: [
    {
      label: 'run step',
      detail: 'a step that a machine does',
      body: 'id: ${1:load}\nrun: ${2:command}\ntimeout: ${3:10m}',
    },
    {
      label: 'manual step',
      detail: 'a step that people do',
      body: 'id: ${1:freeze}\nmanual: ${2:what to do}\neffort: ${3:5m}',
    },
  ],
  checks: [
    {
      label: 'query check',
      detail: 'a number that the data must give',
      body: '{ name: ${1:rows came back}, query: ${2:select count(*) from orders}, expect: "${3:>=1}" }',
    },
    {
      label: 'recency check',
      detail: 'the newest row is recent enough',
      body: '{ name: ${1:recent enough}, query: ${2:select max(created_at) from orders}, newerThan: ${3:2h} }',
    },
    {
      label: 'shrink check',
      detail: 'no table lost rows since the last run',
      body: '{ name: ${1:nothing shrank}, query: ${2:select count(*) from orders}, notLessThan: ${3:95% of last} }',
    },
  ],
  owners: [
    { label: 'owner', detail: 'who answers for it', body: '{ name: ${1:Team}, contact: ${2:team@example.com} }' },
  ],
};
