/** The journal: what it keeps, and that an edit, a removal, a reordering, a fork and a cut tail show. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { DraftRecord } from '../../server/src/core/recovery/record.ts';
import { appendRecord, listRecords, readRecord, writerName } from '../../server/src/evidence/journal.ts';
import { renderMarkdown } from '../../server/src/evidence/markdown.ts';
import { renderReport } from '../../server/src/evidence/report.ts';
import { keySigner } from '../../server/src/evidence/sign.ts';
import { anchorOf, verifyJournal } from '../../server/src/evidence/verify.ts';
import { createClock } from '../../server/src/platform/clock.ts';
import { createFiles } from '../../server/src/platform/files.ts';
import { createProcesses } from '../../server/src/platform/processes.ts';
import { recordFor } from '../support/records.ts';

const ports = { files: createFiles(), clock: createClock(), processes: createProcesses() };

const draft = (index: number, more: Partial<DraftRecord> = {}): DraftRecord => recordFor(more, index);

describe('journal', () => {
  let folder: string;
  const writer = 'main-1';
  const journal = (): string => path.join(folder, `${writer}.jsonl`);
  const lines = async (): Promise<string[]> => (await readFile(journal(), 'utf8')).trim().split('\n');
  const kinds = async (): Promise<readonly string[]> => [
    ...new Set((await verifyJournal(ports.files, folder)).problems.map((problem) => problem.kind)),
  ];

  beforeEach(async () => {
    folder = await mkdtemp('/tmp/drillbook-journal-');
    for (let index = 1; index <= 4; index++) await appendRecord(ports, draft(index), { folder, writer });
  });
  afterEach(async () => await rm(folder, { recursive: true, force: true }));

  it('keeps records that fit their schema, lists them newest first, and verifies', async () => {
    const result = await verifyJournal(ports.files, folder);
    assert.deepEqual(result.problems, []);
    assert.equal(result.records, 4);
    assert.match(result.notes[0] ?? '', /Nothing anchors the head/u);
    assert.deepEqual(
      (await listRecords(ports.files, folder)).map((entry) => entry.id),
      ['run0004', 'run0003', 'run0002', 'run0001'],
    );
    const record = await readRecord(ports.files, folder, 'run0002');
    const schema = JSON.parse(await readFile('schemas/evidence.schema.json', 'utf8')) as object;
    const validate = new Ajv2020({ strict: false }).compile(schema);
    assert.ok(validate(record), JSON.stringify(validate.errors));
  });

  it('finds an edited record, even the last one', async () => {
    const file = path.join(folder, (await listRecords(ports.files, folder))[0]?.record ?? '');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"passed"', '"failed"'));
    assert.deepEqual(await kinds(), ['edited']);
  });

  it('says of a record whose file is gone or broken how to find out more', async () => {
    const [newest, other] = await listRecords(ports.files, folder);
    await rm(path.join(folder, newest?.record ?? ''));
    await writeFile(path.join(folder, other?.record ?? ''), '{');
    for (const id of ['run0004', 'run0003'])
      await assert.rejects(readRecord(ports.files, folder, id), /missing or broken; drillbook evidence verify/u);
  });

  it('finds an edited line, a removed one, a reordering and a fork', async () => {
    const whole = await lines();
    const [one = '', two = '', three = '', four = ''] = whole;
    for (const [kind, changed] of [
      ['edited', [one, two.replace('"passed"', '"failed"'), three, four]],
      ['removed', [one, three, four]],
      ['reordered', [one, three, two, four]],
    ] as const) {
      await writeFile(journal(), `${changed.join('\n')}\n`);
      assert.ok((await kinds()).includes(kind), `${kind}: ${(await kinds()).join()}`);
    }
    await writeFile(journal(), `${[one, two, three].join('\n')}\n`);
    await rm(path.join(folder, (JSON.parse(four) as { record: string }).record));
    await appendRecord(ports, draft(9), { folder, writer });
    const other = (await lines())[3] ?? '';
    await writeFile(journal(), `${[one, two, three, four, other].join('\n')}\n`);
    assert.ok((await kinds()).includes('forked'));
  });

  it('finds a removed record, a stray one, and a cut tail against an anchor', async () => {
    const whole = await lines();
    const anchor = anchorOf(whole.join('\n'), 'commit 1a2b');
    assert.ok(anchor);
    assert.equal((await verifyJournal(ports.files, folder, [anchor])).chains[0]?.anchoredBy, 'commit 1a2b');
    await writeFile(journal(), `${whole.slice(0, 3).join('\n')}\n`);
    const cut = await verifyJournal(ports.files, folder, [anchor]);
    assert.deepEqual(cut.problems.map((problem) => problem.kind).sort(), ['cut', 'stray']);
    const record = path.join(folder, (JSON.parse(whole[1] ?? '') as { record: string }).record);
    await rename(record, `${record}.away`);
    assert.ok((await kinds()).includes('removed'));
    await rm(journal());
    assert.deepEqual((await verifyJournal(ports.files, folder, [anchor])).problems[0]?.kind, 'removed');
  });

  it('is safe with two writers at once, and gives other clones and branches chains of their own', async () => {
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => await appendRecord(ports, draft(20 + index), { folder, writer })),
    );
    const result = await verifyJournal(ports.files, folder);
    assert.deepEqual(result.problems, []);
    assert.equal(result.records, 16);
    const base = { clone: 'c', user: 'u', host: 'h' };
    assert.equal(
      new Set([
        writerName({ ...base, branch: 'main' }),
        writerName({ ...base, branch: 'topic' }),
        writerName({ ...base, clone: 'd', branch: 'main' }),
      ]).size,
      3,
    );
  });

  it('finds a key that stands twice, which two readers would read in two ways', async () => {
    const [newest] = await listRecords(ports.files, folder);
    const file = path.join(folder, newest?.record ?? '');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('{', '{\n  "result": "failed",'));
    assert.deepEqual(await kinds(), ['unreadable']);
    await writeFile(file, JSON.stringify(JSON.parse(text), undefined, 8).replaceAll('\n', '\r\n'));
    assert.deepEqual(await kinds(), [], 'blanks and ends of lines are no edit');
  });

  it('completes what a killed writer left, loses nothing of it, and says so', async () => {
    const whole = await readFile(journal(), 'utf8');
    const last = whole.trimEnd().lastIndexOf('\n') + 1;
    for (const [left, told] of [
      [whole.slice(0, last + 40), 2],
      [whole.slice(0, last), 1],
    ] as const) {
      await writeFile(journal(), left);
      assert.notDeepEqual(await kinds(), [], 'until it is mended it is told');
      const { record, file } = await appendRecord(ports, draft(9), { folder, writer });
      assert.deepEqual(
        record.notes.map((note) => note.code),
        Array.from({ length: told }, () => 'journal-mended'),
      );
      assert.equal(record.chain?.sequence, 5);
      assert.deepEqual(await kinds(), []);
      assert.equal((await listRecords(ports.files, folder)).length, 5);
      await rm(path.join(folder, file));
      await writeFile(journal(), whole);
    }
  });

  it('takes the lock of a dead writer over, one of many at a time', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    for (let round = 0; round < 5; round++) {
      await writeFile(path.join(folder, `${writer}.lock`), JSON.stringify({ pid: dead, startToken: 'gone' }));
      const some = Array.from({ length: 8 }, (_, index) => draft(100 + round * 10 + index));
      await Promise.all(some.map(async (each) => await appendRecord(ports, each, { folder, writer })));
    }
    assert.deepEqual(await kinds(), []);
    assert.equal((await listRecords(ports.files, folder)).length, 44);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('.lock')),
      [],
    );
  });

  it('asks for the signature of a key that is known outside', async () => {
    const [ours, other] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')].map((pair) => ({
      secret: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      known: pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    }));
    const signedBy = 'main-2';
    const sign = keySigner(ours?.secret ?? '');
    await appendRecord(ports, draft(7), { folder: `${folder}/signed`, writer: signedBy, sign });
    const verified = async (key: string | undefined): Promise<readonly string[]> =>
      (await verifyJournal(ports.files, `${folder}/signed`, [], key)).problems.map((problem) => problem.message);
    assert.deepEqual(await verified(ours?.known), []);
    assert.match((await verified(other?.known)).join(), /is signed by another key/u);
    await appendRecord(ports, draft(8), { folder: `${folder}/signed`, writer: signedBy });
    assert.match((await verified(ours?.known)).join(), /is not signed, and the key asks that all are/u);
  });

  it('lets the first signature vouch for the records before it, whose hashes it holds, and for none after', async () => {
    const pair = generateKeyPairSync('ed25519');
    const known = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const sign = keySigner(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    const own = { folder: `${folder}/later`, writer: 'main-3' };
    const verified = async (): ReturnType<typeof verifyJournal> =>
      await verifyJournal(ports.files, own.folder, [], known);
    const { file } = await appendRecord(ports, draft(7), own);
    await appendRecord(ports, draft(8), own);
    assert.equal((await verified()).problems.length, 2, 'nothing vouches for a chain that nobody signed');
    await appendRecord(ports, draft(9), { ...own, sign });
    const vouched = await verified();
    assert.deepEqual(vouched.problems, []);
    assert.match(vouched.notes.join(), /The first 2 records of main-3 are not signed: the signature of the next/u);
    const target = path.join(own.folder, file);
    const before = await readFile(target, 'utf8');
    await writeFile(target, before.replace(/"host": *"[^"]*"/u, '"host": "elsewhere"'));
    assert.notEqual(await readFile(target, 'utf8'), before);
    assert.deepEqual(
      (await verified()).problems.map((problem) => problem.kind),
      ['edited'],
    );
  });

  it('signs, and tells a signature that does not fit', async () => {
    const { privateKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
      publicKeyEncoding: { format: 'pem', type: 'spki' },
    });
    const { file } = await appendRecord(ports, draft(7), {
      folder,
      writer,
      sign: keySigner(privateKey),
    });
    assert.equal((await verifyJournal(ports.files, folder)).chains[0]?.signed, 1);
    const target = path.join(folder, file);
    const record = JSON.parse(await readFile(target, 'utf8')) as { signature: { value: string } };
    record.signature.value = Buffer.alloc(64).toString('base64');
    await writeFile(target, JSON.stringify(record));
    assert.deepEqual(await kinds(), ['signature']);
  });

  it('keeps a record whose signer fails, and says in it that it is not signed', async () => {
    const sign = async (): Promise<never> => await Promise.reject(new Error('the agent is gone.'));
    const { record } = await appendRecord(ports, draft(9), { folder, writer, sign });
    assert.equal(record.signature, undefined);
    assert.deepEqual(record.notes.at(-1), {
      severity: 'error',
      code: 'unsigned',
      message: 'The record is not signed: the agent is gone.',
    });
    assert.deepEqual(await kinds(), []);
  });

  it('renders a report that runs nothing and escapes what came from outside', async () => {
    const { record } = await appendRecord(
      ports,
      draft(8, {
        summary: '<script>alert(1)</script> | `x`',
        checks: [{ name: '<img src=x onerror=y>', state: 'failed', expected: '>=1', actual: 0, durationMs: 1 }],
      }),
      { folder, writer },
    );
    const history = (await listRecords(ports.files, folder)).map((entry) => entry.summary);
    const html = renderReport(record, history, { nonce: 'n1' });
    assert.ok(!/<script|<img|onerror=y>|\sstyle=|https?:\/\//u.test(html.replaceAll('http-equiv', '')), html);
    assert.match(html, /default-src 'none'; style-src 'nonce-n1'/u);
    assert.match(html, /class="timeline"[\s\S]*class="trend"/u);
    const markdown = renderMarkdown(record, history);
    assert.ok(!markdown.includes('<script>'));
    assert.match(markdown, /\| failed \| \\<img/u);
  });
});
