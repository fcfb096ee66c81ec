/** The levels of a dry run as people are told of them: what each does, and what it proves. */

export interface Level {
  readonly level: number;
  readonly name: string;
  readonly does: string;
}

export const LEVELS: readonly Level[] = [
  { level: 0, name: 'static', does: 'Checks the documents alone: nothing is looked up, nothing is restored.' },
  {
    level: 1,
    name: 'preflight',
    does: 'Finds the newest backup, whether it can be read, time and cost. Restores nothing.',
  },
  { level: 2, name: 'verified', does: 'Reads and verifies every byte of the backup. Restores nothing.' },
  {
    level: 3,
    name: 'restored',
    does: 'Restores into a sandbox, checks the data, measures, and tears everything down.',
  },
  {
    level: 4,
    name: 'cloud sandbox',
    does: 'The provider restores into isolation, then deletes it. Asks for a cost limit first.',
  },
];
