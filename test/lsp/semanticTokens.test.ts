/** Semantic tokens by what changed: put together, the answers are what the whole document says. */
import assert from 'node:assert/strict';
import type { SemanticTokens, SemanticTokensDelta } from 'vscode-languageserver';
import { startClient, type TestClient } from '../support/languageClient.ts';
import { randomFrom } from '../support/random.ts';
import { RUNBOOK, WORKSPACE } from '../support/runbooks.ts';

const URI = 'file:///work%20space/runbooks/orders.runbook.yaml';

describe('semantic tokens by what changed', () => {
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  const whole = (asked: TestClient): Promise<SemanticTokens> =>
    asked.request('textDocument/semanticTokens/full', { textDocument: { uri: URI } });
  const since = (asked: TestClient, previousResultId: string): Promise<SemanticTokens | SemanticTokensDelta> =>
    asked.request('textDocument/semanticTokens/full/delta', { textDocument: { uri: URI }, previousResultId });

  it('are one edit of the last answer, whatever is typed', async () => {
    client = await startClient({ files: WORKSPACE });
    const random = randomFrom(7);
    client.open(URI, RUNBOOK);
    let text = RUNBOOK;
    let { data, resultId = '' } = await whole(client);
    let smaller = 0;
    for (let version = 2; version < 40; version++) {
      const lines = text.split('\n');
      const at = random.below(lines.length);
      if (random.next() < 0.5) lines.splice(at, 0, random.pick(['# a remark', '', '  # ${{ vars.x }}']));
      else lines.splice(at, 1);
      text = random.next() < 0.2 ? RUNBOOK : lines.join('\n');
      client.change(URI, text, version);
      const answer = await since(client, resultId);
      assert.ok('edits' in answer);
      assert.ok(answer.edits.length <= 1);
      const made = [...data];
      for (const edit of answer.edits) made.splice(edit.start, edit.deleteCount, ...(edit.data ?? []));
      if ((answer.edits[0]?.data?.length ?? 0) < made.length / 2) smaller += 1;
      const all = await whole(client);
      assert.deepEqual(made, all.data);
      ({ data, resultId = '' } = all);
    }
    assert.ok(smaller > 20, `only ${smaller} answers were shorter than the whole`);
  });

  it('are the whole where the last answer is not known', async () => {
    client = await startClient({ files: WORKSPACE });
    client.open(URI, RUNBOOK);
    const first = await whole(client);
    const second = await whole(client);
    assert.notEqual(first.resultId, second.resultId);
    const answer = await since(client, first.resultId ?? '');
    assert.ok('data' in answer);
    assert.deepEqual(answer.data, first.data);
  });
});
