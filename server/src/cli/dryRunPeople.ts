/** Who can be asked while a dry run carries out the runbook's steps, and who wrote which of them. */
import { positionAt, spanAt } from '../core/document/navigate.ts';
import type { PeopleAtHand } from '../core/recovery/engine.ts';
import type { People } from '../core/recovery/stepTalk.ts';
import { asMap, asText, dig } from '../core/references/read.ts';
import type { Entry } from '../core/workspace.ts';
import type { CommandContext } from './command.ts';

/** Whether manual steps and approvals are asked of the person at the terminal. */
export function canAsk({ terminal, values }: CommandContext): boolean {
  return terminal.interactive && !values.flag('yes');
}

/** The person at the terminal; undefined where there is none, or `--yes` says that nobody can be asked. */
export async function peopleAtHand(
  context: CommandContext,
  root: string,
  entry: Entry,
  doers: People,
): Promise<PeopleAtHand | undefined> {
  const { terminal } = context;
  if (!canAsk(context)) return undefined;
  const authors = await stepAuthors(context, root, entry);
  return {
    conversation: { tell: (text) => terminal.note(text), ask: async (question) => await terminal.ask(question) },
    doers,
    authors: (step) => authors.get(step) ?? [],
  };
}

/** Who wrote the lines of each step, as git knows them: they can't approve it. */
export async function stepAuthors(
  { dependencies }: CommandContext,
  root: string,
  entry: Entry,
): Promise<ReadonlyMap<string, People>> {
  const authors = new Map<string, People>();
  const lines = dependencies.trusted ? await dependencies.git.lineAuthors(root, entry.file) : undefined;
  const steps = dig(entry.document.value, 'restore', 'steps');
  if (lines === undefined || !Array.isArray(steps)) return authors;
  const own = await dependencies.git.user(root);
  for (const [index, step] of steps.entries()) {
    const span = spanAt(entry.document, ['restore', 'steps', index]);
    const first = positionAt(entry.parsed, span.start).line;
    const last = positionAt(entry.parsed, Math.max(span.start, span.end - 1)).line;
    // A line that is in no commit yet is the work of whoever is here.
    const wrote = lines.slice(first, last + 1).map((each) => (isUncommitted(each) ? (own ?? each) : each));
    authors.set(asText(asMap(step)['id']) ?? '', [...new Set(wrote)]);
  }
  return authors;
}

function isUncommitted(author: string): boolean {
  return author.includes('<not.committed.yet>');
}
