/** Evidence that an SSH agent signs: told before a drill where it can't be done, and kept where it could not be done after all. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drillbook, folderOf, type CliResult, type Folder } from '../support/cli.ts';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';
import { startAgent, type Agent } from '../support/sshAgent.ts';

describe('evidence that an SSH agent signs', () => {
  let folder: Folder;
  let agent: Agent;
  let line: string;
  before(async () => {
    agent = await startAgent();
    line = agent.add('evidence');
  });
  after(async () => await agent.stop());
  beforeEach(() => (folder = folderOf({ 'a.runbook.yaml': RUNBOOK, 'b.environment.yaml': ENVIRONMENT })));
  afterEach(() => folder.remove());
  const run = async (args: readonly string[], key: string, more: Record<string, string> = {}): Promise<CliResult> =>
    await drillbook(['evidence', ...args], {
      cwd: folder.path,
      env: { SSH_AUTH_SOCK: agent.socket, DRILLBOOK_SIGNING_AGENT_KEY: key, ...more },
      input: 'Ann\n\ny\n',
    });
  const verify = async (): Promise<CliResult> => await run(['verify', '--key', 'known.pub'], '');

  it('is signed by the key that its public file, line or comment names, and held against the public file', async () => {
    writeFileSync(join(folder.path, 'known.pub'), `${line}\n`);
    for (const key of [join(agent.folder, 'evidence.pub'), line, 'evidence']) {
      const made = await run(['record', 'orders-db'], key);
      assert.equal(made.status, 0, made.stderr);
    }
    const verified = await verify();
    assert.equal(verified.status, 0, verified.stdout);
    assert.match((await run(['show', 'last'], '')).stdout, /signed by MCowBQYDK2VwAyEA/u);
    assert.match(verified.stdout, /3 records in 1 chain: every hash fits/u);
  });

  it('asks for the agent before the drill begins', async () => {
    const rows: readonly (readonly [string, Record<string, string>, RegExp])[] = [
      ['nobody', {}, /Evidence can't be signed: The SSH agent has no key "nobody"/u],
      ['evidence', { SSH_AUTH_SOCK: '' }, /SSH_AUTH_SOCK is not set/u],
      ['evidence', { SSH_AUTH_SOCK: join(folder.path, 'gone') }, /The SSH agent at .*gone can't be asked/u],
      ['evidence', { DRILLBOOK_SIGNING_KEY_FILE: 'a.pem' }, /are both set/u],
      ['', { DRILLBOOK_SIGNING_KEY_FILE: 'none.pem' }, /The signing key none\.pem is not there/u],
      [
        '',
        { DRILLBOOK_SIGNING_KEY_FILE: 'a.runbook.yaml' },
        /can't be signed with a\.runbook\.yaml: it holds no private key/u,
      ],
    ];
    for (const [key, more, why] of rows) {
      const { status, stderr } = await run(['record', 'orders-db'], key, more);
      assert.equal(status, 2, stderr);
      assert.match(stderr, why);
      assert.doesNotMatch(stderr, /Who takes part/u);
    }
  });

  it('says of a locked agent what to do', async () => {
    const locked = await startAgent();
    try {
      locked.add('evidence');
      const { status, stderr } = await run(['record', 'orders-db'], 'evidence', { SSH_AUTH_SOCK: locked.socket });
      assert.equal(status, 0, stderr);
      locked.lock();
      const refused = await run(['record', 'orders-db'], 'evidence', { SSH_AUTH_SOCK: locked.socket });
      assert.equal(refused.status, 2);
      assert.match(refused.stderr, /unlock it \(ssh-add -X\), or add the key/u);
    } finally {
      await locked.stop();
    }
  });

  it('is kept without a signature where the agent refuses in the end', async () => {
    writeFileSync(join(folder.path, 'known.pub'), agent.add('shy', 'ed25519', '-c'));
    const made = await run(['record', 'orders-db'], 'shy');
    assert.equal(made.status, 0, made.stderr);
    assert.match(made.stdout, /Drill of orders-db passed/u);
    assert.match(made.stdout, /error: The record is not signed: The SSH agent refused to sign/u);
    const verified = await verify();
    assert.equal(verified.status, 1);
    assert.match(verified.stdout, /is not signed, and the key asks that all are/u);
  });

  it('asks no agent in an untrusted workspace', async () => {
    const { status, stderr } = await run(['record', 'orders-db', '--untrusted'], 'evidence');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /Not signed: no key is read and no agent is asked in an untrusted workspace/u);
  });
});
