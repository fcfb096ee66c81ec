/** A dry run would bring real data to a place where its class does not let them go. */
import type { Path } from '../../document/node.ts';
import type { Workspace } from '../../workspace.ts';
import { environmentIn } from '../environmentView.ts';
import { at, listOf, textOf, written, type Data } from '../read.ts';
import type { DryRunView, RunbookView } from '../runbookView.ts';
import { runbookRule } from '../say.ts';
import { classWords, listWords } from '../words.ts';

/** A private sandbox runs on whatever machine starts the dry run; that is a workstation whenever a person clicks the lens. */
const PLACES: Readonly<Record<string, string>> = {
  postgres: 'workstation',
  mariadb: 'workstation',
  mysql: 'workstation',
  files: 'workstation',
  container: 'container',
  server: 'server',
  kubernetes: 'kubernetes',
  cloud: 'cloud',
};

export const restoreIn = runbookRule(
  { id: 'policy/restore-in', title: 'A dry run takes data where the class does not let them go.' },
  (view, say, { workspace }) => {
    const allowed = listOf(view.class?.value['restoreIn']).flatMap((place) => textOf(place) ?? []);
    if (allowed.length === 0) return;
    for (const dryRun of view.dryRuns) {
      const found = placeOf(view, workspace, dryRun);
      if (!found || allowed.includes(found.place)) continue;
      say(
        found.path,
        `Dry run ${dryRun.name} restores into ${found.words}, but ${classWords(view)} lets its data go only into ${listWords(allowed)}: name a sandbox of the environment with use, or allow ${found.place} in the class.`,
        { expected: allowed, actual: found.place },
      );
    }
  },
);

interface Found {
  readonly place: string;
  readonly words: string;
  readonly path: Path;
}

function placeOf(view: RunbookView, workspace: Workspace, dryRun: DryRunView): Found | undefined {
  const sandbox = dryRun.sandbox;
  if (!sandbox) return undefined;
  const use = textOf(sandbox['use']);
  if (use === undefined) {
    const named = textOf(sandbox['kind']) ?? textOf(sandbox['engine']);
    const place = named === undefined ? undefined : (PLACES[named] ?? 'workstation');
    const key = sandbox['kind'] === undefined ? 'engine' : 'kind';
    if (place === undefined) return undefined;
    const words =
      place === 'workstation'
        ? `a private ${written(named)} on the machine that runs it (a workstation)`
        : placeWords(place);
    return { place, words, path: [...dryRun.path, 'sandbox', key] };
  }
  const environment = environmentIn(view, workspace);
  const shared: Data | undefined =
    environment && (at(environment.document.value, 'sandboxes', use) as Data | undefined);
  const kind = textOf(at(shared, 'kind'));
  const place = kind === undefined ? undefined : PLACES[kind];
  return place === undefined
    ? undefined
    : {
        place,
        words: `sandbox ${use}, ${place === 'workstation' ? `a private ${written(kind)}` : placeWords(place)}`,
        path: [...dryRun.path, 'sandbox', 'use'],
      };
}

function placeWords(place: string): string {
  return place === 'kubernetes' ? 'a namespace of Kubernetes' : place === 'cloud' ? 'a cloud account' : `a ${place}`;
}
