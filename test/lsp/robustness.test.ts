/** Documents typed character by character through every request: none fails, none stalls, and positions stay in the text. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { startClient, type TestClient } from '../support/languageClient.ts';
import { PROJECT } from '../support/program.ts';
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

interface Fixture {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** What is typed at a time. */
  readonly pieces: readonly string[];
}

/** Character by character; a carriage return goes with its line feed, as an editor types it. */
function characters(name: string, file: string, text: string): Fixture {
  return { name: `${name}, character by character`, file, text, pieces: text.match(/\r\n|[\s\S]/gu) ?? [] };
}

/** Word by word, where words and white space end. */
function tokens(file: string): Fixture {
  const text = readFileSync(join(PROJECT, 'examples', file), 'utf8');
  return { name: `the example ${file}, word by word`, file, text, pieces: text.match(/\s+|[\w$]+|[^\w\s$]+/gu) ?? [] };
}

const FIXTURES: readonly Fixture[] = [
  characters('a runbook', 'runbooks/orders.runbook.yaml', RUNBOOK),
  characters('several documents with CRLF', 'all.policy.yaml', `${POLICY}---\n${ENVIRONMENT}`.replaceAll('\n', '\r\n')),
  characters('a tricky one with a BOM', 'tricky.runbook.yaml', `\ufeff${TRICKY}`),
  ...readdirSync(join(PROJECT, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map(tokens),
];

/** To say why there is nothing to rename is an answer; any other error is none. */
function refusal(error: unknown): null {
  if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestFailed) return null;
  throw error;
}

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

  for (const { name, file, text, pieces } of FIXTURES) {
    it(`answers every request while it is typed: ${name}`, async () => {
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
      for (const piece of pieces) {
        const before = typed.split(/\r\n|\n|\r/u);
        typed += piece;
        const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
        version += 1;
        void client.connection.sendNotification('textDocument/didChange', {
          textDocument: { uri, version },
          contentChanges: [{ range: { start: position, end: position }, text: piece }],
        });
        const lines = typed.split(/\r\n|\n|\r/u);
        const cursor = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
        const range = { start: { line: 0, character: 0 }, end: cursor };
        const answers = await Promise.all([
          ...WHOLE.map((method) =>
            client!.request(method, { textDocument, options: { tabSize: 2, insertSpaces: true } }),
          ),
          ...AT.map((method) => client!.request(method, { textDocument, position: cursor }).catch(refusal)),
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
