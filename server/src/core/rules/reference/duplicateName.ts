/** One name for two things: runbooks of the workspace, environments and policies of one folder, steps and checks of a runbook. */
import type { Finding } from '../../finding.ts';
import { asText } from '../../references/read.ts';
import { listed } from '../../references/suggest.ts';
import { follow, patternTree, type Found, type PatternTree } from '../../references/walk.ts';
import type { Entry, Workspace } from '../../workspace.ts';
import { folderOf } from '../../workspaceIndex.ts';
import type { Rule } from '../rule.ts';
import { relatedName, report } from './report.ts';

const CODE = 'reference/duplicate-name';
const STEP_IDS = patternTree([[['restore', 'steps', '[]', 'id'], true]]);
const CHECKS = patternTree([[['dryRuns', '*', 'checks', '[]', 'name'], true]]);

export const duplicateName: Rule = {
  id: CODE,
  severity: 'error',
  title: 'Two documents, steps or checks with one name.',
  *check({ entry, workspace }) {
    yield* duplicateDocument(entry, workspace);
    if (entry.kind !== 'Runbook') return;
    yield* duplicates(entry, STEP_IDS, 'Step');
    yield* duplicates(entry, CHECKS, 'Check');
  },
};

/** Runbooks are unique in the workspace; the nearest environment or policy of a name wins, so those are unique in a folder. */
function* duplicateDocument(entry: Entry, workspace: Workspace): Iterable<Finding> {
  const { name } = entry;
  if (name === undefined) return;
  const others = workspace
    .named(entry.kind, name)
    .filter((each) => each !== entry && (entry.kind === 'Runbook' || folderOf(each.file) === folderOf(entry.file)));
  if (others.length === 0) return;
  const scope = entry.kind === 'Runbook' ? 'the workspace' : 'its folder';
  yield report({
    code: CODE,
    message: `Another ${entry.kind.toLowerCase()} of ${scope} is named "${name}" too (${listed([...new Set(others.map((each) => each.file))])}); give each a name of its own.`,
    entry,
    path: ['metadata', 'name'],
    related: others.map((each) => relatedName(each, `Also named "${name}".`)),
  });
}

/** The names of one list have to differ; those of another list (the checks of another dry run) may be the same. */
function* duplicates(entry: Entry, tree: PatternTree<boolean>, what: string): Iterable<Finding> {
  const first = new Map<string, Found>();
  const again: (readonly [string, Found, Found])[] = [];
  follow(entry.document, tree, (found) => {
    const name = found.node.kind === 'scalar' ? asText(found.node.value) : undefined;
    if (name === undefined) return;
    const key = tree === STEP_IDS ? name : `${String(found.path[1])}\0${name}`;
    const before = first.get(key);
    if (before) again.push([name, before, found]);
    else first.set(key, found);
  });
  for (const [name, before, found] of again) {
    yield report({
      code: CODE,
      message: `${what} "${name}" is there twice; give this one a name of its own.`,
      entry,
      path: found.path,
      related: [
        { file: entry.file, document: entry.document.index, path: before.path, message: `The first "${name}".` },
      ],
    });
  }
}
