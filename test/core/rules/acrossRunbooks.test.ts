/** Which rules look at all runbooks: a large check hands each file's rules only what app/checkParts.ts says that they look at. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const RULES = join(import.meta.dirname, '../../../server/src/core/rules');
/** Each is known to `FileFacts` or `groupsOf`; the test of the large check has a case of each. */
const KNOWN = ['evidence/tampered.ts', 'policy/appliesToNothing.ts', 'practice/oneStrategy.ts', 'reference/cycle.ts'];

describe('rules that look at all runbooks', () => {
  it('are those that a check in parts knows', () => {
    const looking = readdirSync(RULES, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.ts'))
      .filter((name) =>
        /byKind\((?:'Runbook'|[a-z])|workspace\.(?:entries|files)\b/u.test(readFileSync(join(RULES, name), 'utf8')),
      );
    assert.deepEqual(
      looking.sort(),
      KNOWN,
      'teach app/checkParts.ts what the new rule looks at, and test/cli/checkLarge.test.ts a case of it',
    );
  });
});
