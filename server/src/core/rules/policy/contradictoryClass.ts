/** A class asks for what can't hold together. */
import { at, durationOf, namedMaps, textOf, written, type Data } from '../read.ts';
import type { Path } from '../../document/node.ts';
import { policyDocumentRule } from '../say.ts';

export const contradictoryClass = policyDocumentRule(
  { id: 'policy/contradictory-class', title: 'A class asks for what cannot hold together.' },
  ({ entry }, say) => {
    for (const [name, each] of namedMaps(at(entry.document.value, 'classes'))) {
      for (const fault of contradictions(each)) {
        say(['classes', name, ...fault.path], `Class ${name} contradicts itself: ${fault.why}.`);
      }
    }
  },
);

interface Fault {
  readonly path: Path;
  readonly why: string;
}

function contradictions(value: Data): Fault[] {
  const found: Fault[] = [];
  const longer = (
    left: readonly string[],
    right: readonly string[],
    why: (left: string, right: string) => string,
  ): void => {
    const [one, other] = [textOf(at(value, ...left)), textOf(at(value, ...right))];
    if (one !== undefined && other !== undefined && (durationOf(one) ?? 0) > (durationOf(other) ?? Infinity)) {
      found.push({ path: left, why: why(one, other) });
    }
  };
  longer(
    ['backups', 'retention'],
    ['backups', 'retentionAtMost'],
    (least, most) => `backups are kept ${least} at least and ${most} at most, so make the first the shorter`,
  );
  longer(
    ['verify', 'restoreTest', 'every'],
    ['verify', 'drill', 'every'],
    (test, drill) =>
      `people drill every ${drill} but the restore is tested only every ${test}, so test it at least as often`,
  );
  longer(
    ['rpo'],
    ['backups', 'retention'],
    (rpo, kept) => `backups are kept ${kept}, shorter than the RPO of ${rpo}, so keep them longer`,
  );
  if (value['ephemeral'] === true && textOf(value['mandated']) !== undefined) {
    found.push({
      path: ['ephemeral'],
      why: `it is ephemeral and mandated by ${written(value['mandated'])} at once, so drop one`,
    });
  }
  const asks = ['backups', 'verify', 'rpo'].find((key) => value[key] !== undefined);
  if (value['ephemeral'] === true && asks !== undefined) {
    found.push({ path: [asks], why: `it is ephemeral and still asks for ${asks}, so drop one` });
  }
  return found;
}
