/** A secret stands in the text of a step: it is in the repository's history, in every log and in every editor. */
import { dataOf, textOf } from '../read.ts';
import { runbookRule, spanOf } from '../say.ts';
import { isPlaceholder, secretIn } from '../secrets.ts';

export const secretInStep = runbookRule(
  { id: 'practice/secret-in-step', title: 'A secret stands in a step.' },
  (view, say) => {
    for (const step of view.steps) {
      for (const key of ['run', 'verify', 'rollback', 'manual'] as const) {
        const text = step[key];
        const found = text === undefined ? undefined : secretIn(text);
        if (found) {
          const path = [...step.path, key];
          say(
            path,
            `Step ${step.title} has ${found.what} in its text: take it out of the repository, change it, and read it through env from a variable or a file.`,
            spanOf(view.entry, path, found.secret),
          );
        }
      }
      for (const [name, value] of Object.entries(dataOf(step.value['env']))) {
        const text = textOf(value);
        if (
          text === undefined ||
          isPlaceholder(text) ||
          !/(?:PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PASSPHRASE)$/iu.test(name)
        )
          continue;
        say(
          [...step.path, 'env', name],
          `Step ${step.title} has the value of ${name} in its text: take it out of the repository, change it, and write { env: ${name} } instead.`,
        );
      }
    }
  },
);
