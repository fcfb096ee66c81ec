/** A provider's restore leaves settings behind, and no step sets them again. */
import { opinion, spanOf } from '../say.ts';
import { listWords } from '../words.ts';
import { allText, commandsOf } from './commands.ts';

interface Restore {
  readonly command: RegExp;
  readonly what: string;
  /** What is lost, and how the steps would show that they know. */
  readonly settings: readonly (readonly [string, RegExp])[];
}

/** Sources: RDS User Guide, "Restoring to a DB instance"; DynamoDB Developer Guide, "Restoring a table". */
const RESTORES: readonly Restore[] = [
  {
    command: /\brestore-db-instance-(?:from-db-snapshot|to-point-in-time)\b/u,
    what: 'An RDS restore',
    settings: [
      ['security groups', /security.?groups?/iu],
      ['the parameter group', /parameter.?group/iu],
    ],
  },
  {
    command: /\brestore-db-cluster-(?:from-snapshot|to-point-in-time)\b/u,
    what: 'An Aurora restore',
    settings: [
      ['security groups', /security.?groups?/iu],
      ['the parameter group', /parameter.?group/iu],
      ['its instances', /create-db-instance|add (?:an |the )?instances?/iu],
    ],
  },
  {
    command: /\brestore-table-(?:from-backup|to-point-in-time)\b/u,
    what: 'A DynamoDB restore',
    settings: [
      ['TTL', /\bttl\b|time.?to.?live/iu],
      ['streams', /\bstreams?\b/iu],
      ['auto scaling and alarms', /auto.?scaling|alarm/iu],
    ],
  },
];

export const postRestoreSettings = opinion(
  { id: 'practice/post-restore-settings', title: 'Settings that a restore loses are not set again.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      if (command.key !== 'run' || !command.low.includes('restore-')) continue;
      for (const restore of RESTORES) {
        const found = restore.command.exec(command.text)?.[0];
        if (found === undefined) continue;
        const missing = restore.settings.filter(([, pattern]) => !pattern.test(allText(view))).map(([name]) => name);
        if (missing.length === 0) continue;
        say(
          command.path,
          `${restore.what} (step ${command.step?.title ?? ''}) loses ${listWords(missing)}, and no step sets ${missing.length === 1 ? 'it' : 'them'} again: add that to a step.`,
          {
            ...spanOf(view.entry, command.path, found),
            data: { missing },
          },
        );
      }
    }
  },
);
