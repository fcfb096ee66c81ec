/** Every reference rule on its fixtures: what is marked is found, and nothing else. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkWorkspace } from '../../../../server/src/app/checkWorkspace.ts';
import { REFERENCE_RULES } from '../../../../server/src/core/rules/reference/table.ts';
import { wantedIn, assertWants } from '../../../support/wants.ts';
import { workspaceOfFolder } from '../../../support/workspaces.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'references');
const cases = readdirSync(FOLDER).sort();
const options = {
  now: Date.parse('2026-11-22T12:00:00Z'),
  evidence: { entries: [], problems: [] },
  rules: REFERENCE_RULES,
};

describe('reference rules', () => {
  for (const name of cases) {
    it(`finds what is marked in ${name}`, () => {
      const workspace = workspaceOfFolder('references', name);
      const findings = checkWorkspace(workspace, options).filter((finding) => finding.code.startsWith('reference/'));
      for (const [file, parsed] of workspace.files) {
        assertWants(
          `${name}/${file}`,
          parsed,
          findings.filter((finding) => finding.file === file),
        );
      }
    });
  }

  it('has a fixture for every rule', () => {
    const wanted = new Set(
      cases.flatMap((name) =>
        [...workspaceOfFolder('references', name).files.values()].flatMap(({ text }) =>
          wantedIn(text).map((line) => line.replace(/^\s*\d+: /, '')),
        ),
      ),
    );
    assert.deepEqual(
      REFERENCE_RULES.map((rule) => rule.id).filter((id) => !wanted.has(id)),
      [],
    );
  });
});
