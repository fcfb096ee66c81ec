/** What people are asked of a step, in a drill and in a dry run of the runbook's steps: who approves, and how it went. */

/** The person at the other end. */
export interface Conversation {
  readonly tell: (text: string) => void;
  /** Undefined where they went away. */
  readonly ask: (question: string) => Promise<string | undefined>;
}

/** People as they are known: `Ann`, `ann@example.com`, `Ann <ann@example.com>`. */
export type People = readonly string[];

export interface Approval {
  readonly by?: string;
  /** Why nobody approved. */
  readonly why?: string;
}

const TRIES = 3;

/** Asks who approves; whoever wrote the step, or carries it out, is asked for someone else. */
export async function askApproval(
  { tell, ask }: Conversation,
  approval: string,
  people: { readonly authors?: People; readonly doers?: People },
): Promise<Approval> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const answer = await ask(`Needs the approval of ${approval}. Who approves? `);
    const by = answer?.trim() ?? '';
    if (by === '') return { why: 'nobody approved it' };
    const same = (others: People | undefined): boolean => others?.some((other) => isSamePerson(by, other)) ?? false;
    if (/^(?:no?|nobody)$/iu.test(by)) return { why: 'nobody approved it' };
    // The record has to say who it was.
    if (/^(?:y|yes|ok|okay|i|me)$/iu.test(by)) tell(`"${by}" names nobody: say who approves.`);
    else if (same(people.authors)) tell(`"${by}" wrote this step and can't approve it: ask someone else.`);
    else if (same(people.doers)) tell(`"${by}" carries this step out and can't approve it: ask someone else.`);
    else return { by };
  }
  return { why: 'nobody who may approve it was named' };
}

/** Whether two ways to write a person mean the same one: the same name, or the same address. */
export function isSamePerson(left: string, right: string): boolean {
  const names = namesOf(left);
  return namesOf(right).some((name) => names.includes(name));
}

function namesOf(person: string): People {
  const [, name = person, mail] = /^(.*?)\s*<([^>]*)>\s*$/u.exec(person) ?? [];
  return [name, mail ?? '']
    .map((each) => each.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim())
    .filter((each) => each !== '');
}

export type Done =
  | { readonly state: 'confirmed' | 'failed' | 'skipped'; readonly said?: string }
  /** They stopped, or went away. */
  | { readonly state: 'stopped' };

/** Asks how a step went: Enter where it is done, or what there is to say of it. */
export async function askDone({ ask }: Conversation): Promise<Done> {
  const answer = (await ask('Done? '))?.trim();
  if (answer === undefined || /^q(uit)?$/iu.test(answer)) return { state: 'stopped' };
  const failed = /^f(ail(ed)?)?$/iu.test(answer);
  if (failed || /^s(kip(ped)?)?$/iu.test(answer)) {
    const said = (await ask('Why? '))?.trim() ?? '';
    return { state: failed ? 'failed' : 'skipped', ...(said === '' ? {} : { said }) };
  }
  return /^(?:y(es)?|d(one)?)?$/iu.test(answer) ? { state: 'confirmed' } : { state: 'confirmed', said: answer };
}

/** Asks until it is a yes or a no: an empty line is neither. Undefined where they stop, or went away. */
export async function askYesNo({ tell, ask }: Conversation, question: string): Promise<boolean | undefined> {
  for (;;) {
    const answer = (await ask(question))?.trim();
    if (answer === undefined || /^q(uit)?$/iu.test(answer)) return undefined;
    if (/^y(es)?$/iu.test(answer)) return true;
    if (/^no?$/iu.test(answer)) return false;
    tell(`"${answer}" is neither: answer y or n, or q to stop.`);
  }
}
