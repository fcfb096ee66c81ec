/** Every JSON that a command prints, held to its schema; and a schema for every such output. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { drillbook, folderOf, type Folder } from '../support/cli.ts';
import { PROJECT } from '../support/program.ts';

const SCHEMAS = join(PROJECT, 'schemas');
const validators = new Map<string, ValidateFunction>();
function validator(name: string): ValidateFunction {
  const known = validators.get(name);
  if (known) return known;
  const schema = JSON.parse(readFileSync(join(SCHEMAS, `${name}.schema.json`), 'utf8')) as AnySchemaObject;
  const made = new Ajv2020({ strict: true, strictTypes: false, allErrors: true, validateFormats: false }).compile(
    schema,
  );
  validators.set(name, made);
  return made;
}
const held = new Set<string>();
function hold(name: string, value: unknown): void {
  const validate = validator(name);
  assert.ok(validate(value), `${name}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
  held.add(name);
}

const STATE = {
  version: 4,
  terraform_version: '1.9.0',
  serial: 1,
  lineage: 'x',
  resources: ['orders-prod', 'Forgotten-DB'].map((identifier) => ({
    mode: 'managed',
    type: 'aws_db_instance',
    name: identifier.toLowerCase().replaceAll('-', '_'),
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [
      {
        attributes: {
          identifier,
          engine: 'postgres',
          arn: `arn:aws:rds:eu-west-1:123456789012:db:${identifier}`,
          instance_class: 'db.t3.micro',
        },
      },
    ],
  })),
};

describe('the JSON of every command fits its schema', function () {
  this.timeout(60_000);
  let folder: Folder;
  let ran: Awaited<ReturnType<typeof drillbook>>;
  before(async () => {
    folder = folderOf({});
    cpSync(join(PROJECT, 'examples'), folder.path, { recursive: true });
    writeFileSync(join(folder.path, 'state.tfstate'), JSON.stringify(STATE));
    folder.write({
      'state.environment.yaml':
        'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: from-state }\naws: { account: "123456789012", regions: [eu-west-1] }\nsources: [{ terraform: state.tfstate }]\n',
    });
    ran = await drillbook(['dry-run', 'ledger', '--yes', '--events', '--format', 'json'], { cwd: folder.path });
  });
  after(() => folder.remove());

  const json = async (...args: string[]): Promise<unknown> => {
    const { stdout, stderr } = await drillbook([...args, '--format', 'json'], { cwd: folder.path });
    assert.notEqual(stdout, '', stderr);
    return JSON.parse(stdout) as unknown;
  };

  it('dry-run --events: lines, and the record as the last with --format json; no path of the machine in what is told', () => {
    assert.equal(ran.status, 0, ran.stderr);
    const lines = ran.stdout.trimEnd().split('\n');
    const values = lines.map((line) => JSON.parse(line) as { event?: string; message?: string });
    hold('evidence', values.pop());
    assert.equal(values.at(-1)?.event, 'result');
    for (const value of values) {
      hold('output/events', value);
      assert.ok(!(value.message ?? '').includes(folder.path), value.message);
    }
    assert.ok(values.some((value) => value.event === 'check'));
  });

  for (const [args, schema] of [
    [['check'], 'output'],
    [['plan'], 'output/plan'],
    [['rules'], 'output/rules'],
    [['rules', 'drift/missing'], 'output/rule'],
    [['rules', '--why', '.'], 'output/rules-why'],
    [['doctor'], 'output/doctor'],
    [['drift', '--plan'], 'output/drift-plan'],
    [['drift', '--permissions'], 'output/permissions'],
    [['evidence', 'list'], 'output/evidence-list'],
    [['evidence', 'verify'], 'output/evidence-verify'],
  ] as const) {
    it(args.join(' '), async () => hold(schema, await json(...args)));
  }

  it('evidence show and report', async () => {
    const { records } = (await json('evidence', 'list')) as { records: { id: string }[] };
    const id = records[0]?.id ?? '';
    hold('evidence', await json('evidence', 'show', id));
    hold('evidence', await json('evidence', 'report', id));
  });

  it('readiness, with a runbook that passed', async () => {
    const report = (await json('readiness')) as { rows: { stage: string; lastPass?: object }[] };
    hold('output/readiness', report);
    assert.ok(report.rows.some((row) => row.lastPass !== undefined));
    assert.ok(!validator('output/readiness')({ ...report, version: 2 }), 'the schema refuses something');
  });

  it('coverage, with a store that no runbook covers and inventories that could not be read', async () => {
    const report = (await json('coverage')) as {
      rows: { id: string; state: string; command?: string }[];
      unchecked: unknown[];
    };
    hold('output/coverage', report);
    assert.ok(report.unchecked.length > 0);
    // The id goes into a command and into the runbook that it writes: as the provider spells it.
    const forgotten = report.rows.find((row) => row.state === 'uncovered');
    assert.equal(forgotten?.id, 'Forgotten-DB');
    assert.equal(forgotten.command, 'drillbook init --from-live aws/rds-instance Forgotten-DB');
  });

  after(() => {
    const all = readdirSync(join(SCHEMAS, 'output')).map((name) => `output/${name.replace('.schema.json', '')}`);
    assert.deepEqual(
      all.filter((name) => !held.has(name)),
      [],
      'a schema to which no output is held',
    );
  });
});
