/** Documents typed character by character through every request: none fails, none stalls, and positions stay in the text. */
import assert from 'node:assert/strict';
import { startClient, type TestClient } from '../support/languageClient.ts';
import { ENVIRONMENT, POLICY, RUNBOOK, WORKSPACE } from '../support/runbooks.ts';

const ROOT = 'file:///work%20space';
/** Whole-document requests. */
const WHOLE = [
  'textDocument/documentSymbol',
  'textDocument/foldingRange',
  'textDocument/semanticTokens/full',
  'textDocument/codeLens',
  'textDocument/documentLink',
  'textDocument/formatting',
  'textDocument/diagnostic',
];
/** Requests at the cursor. */
const AT = [
  'textDocument/completion',
  'textDocument/hover',
  'textDocument/definition',
  'textDocument/documentHighlight',
  'textDocument/linkedEditingRange',
  'textDocument/prepareRename',
];

const TRICKY = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: "trícky-𝄞", owners: [{ name: 'it''s "me"', contact: "#x\\t\\u00e9" }, *missing] }
x-shared: &shared { region: eu-west-1, account: prod } # a comment
resources:
  a: { <<: *shared, kind: aws/s3-bucket, id: "\${{ vars.vault }}", expect: { objectLock: { mode: compliance, retentionDays: ">=35" } } }
  ? b
  : kind: database/postgres
    id: identity
restore:
  steps:
  - id: one
    run: |2-
      aws s3 cp s3://acme/x \${{ resources.a.
       done
  - { id: two, manual: >
        folded
      }
...
%YAML 1.2
---
apiVersion: "drillbook/v1"
kind: 'Policy'
`;

const FIXTURES: readonly { readonly name: string; readonly file: string; readonly text: string }[] = [
  { name: 'a runbook', file: 'runbooks/orders.runbook.yaml', text: RUNBOOK },
  {
    name: 'several documents with CRLF',
    file: 'all.policy.yaml',
    text: `${POLICY}---\n${ENVIRONMENT}`.replaceAll('\n', '\r\n'),
  },
  { name: 'a tricky one with a BOM', file: 'tricky.runbook.yaml', text: `\ufeff${TRICKY}` },
];

/** Every position of an answer must exist in the text. */
function assertPositions(answer: unknown, lines: readonly string[], what: string, uri: string): void {
  if (typeof answer !== 'object' || answer === null) return;
  const object = answer as Record<string, unknown>;
  const { line, character } = object;
  if (typeof line === 'number' && typeof character === 'number') {
    assert.ok(line >= 0 && line < lines.length, `${what}: line ${line} of ${lines.length}`);
    assert.ok(character >= 0 && character <= (lines[line] ?? '').length + 2, `${what}: ${line}:${character}`);
    return;
  }
  if (typeof object['uri'] === 'string' || typeof object['targetUri'] === 'string') return;
  for (const [key, each] of Object.entries(object))
    if (!key.startsWith('file:') || key === uri) assertPositions(each, lines, what, uri);
}

describe('half-typed documents', function () {
  this.timeout(180_000);
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  for (const { name, file, text } of FIXTURES) {
    it(`answers every request while ${name} is typed`, async () => {
      client = await startClient({
        files: WORKSPACE,
        initialize: {
          capabilities: {
            textDocument: {
              publishDiagnostics: {},
              completion: { completionItem: { snippetSupport: true } },
              codeLens: {},
            },
          },
        },
      });
      const uri = `${ROOT}/${file}`;
      client.open(uri, '', 0);
      let typed = '';
      let version = 0;
      const textDocument = { uri };
      for (const char of text) {
        const before = typed.split(/\r\n|\n|\r/u);
        // A carriage return goes with its line feed, as an editor types it.
        typed += char;
        if (char === '\r') continue;
        const inserted = typed.endsWith('\r\n') ? '\r\n' : char;
        const position = {
          line: before.length - 1 - (inserted === '\r\n' ? 1 : 0),
          character: (inserted === '\r\n' ? before.at(-2) : before.at(-1))?.length ?? 0,
        };
        version += 1;
        void client.connection.sendNotification('textDocument/didChange', {
          textDocument: { uri, version },
          contentChanges: [{ range: { start: position, end: position }, text: inserted }],
        });
        const lines = typed.split(/\r\n|\n|\r/u);
        const cursor = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
        const range = { start: { line: 0, character: 0 }, end: cursor };
        const answers = await Promise.all([
          ...WHOLE.map((method) =>
            client!.request(method, { textDocument, options: { tabSize: 2, insertSpaces: true } }),
          ),
          ...AT.map((method) => client!.request(method, { textDocument, position: cursor })),
          client.request('textDocument/selectionRange', { textDocument, positions: [cursor] }),
          client.request('textDocument/inlayHint', { textDocument, range }),
          client.request('textDocument/codeAction', {
            textDocument,
            range: { start: cursor, end: cursor },
            context: { diagnostics: [] },
          }),
          client.request('textDocument/references', {
            textDocument,
            position: cursor,
            context: { includeDeclaration: true },
          }),
        ]);
        answers.forEach((answer, index) =>
          assertPositions(answer, lines, `${JSON.stringify(typed.slice(-40))} request ${index}`, uri),
        );
        assert.deepEqual(
          client.logged.filter((line) => line.startsWith('error')),
          [],
          JSON.stringify(typed.slice(-60)),
        );
      }
      assert.equal(client.session.store.document(uri)?.text, text);
      await client.diagnostics(uri, (each) => each.version === version);
    });
  }
});
