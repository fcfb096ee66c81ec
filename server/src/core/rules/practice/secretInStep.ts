/** A secret stands in the text of a step: it is in the repository's history, in every log and in every editor. */
import { dataOf, textOf } from '../read.ts';
import { runbookRule, spanOf } from '../say.ts';

/** What is written in place of a secret, by people who know better. */
const PLACEHOLDER = /^(?:\$|<|\{\{|%|\*+$|x{3,}$|\.{3}|…|changeme$|secret$|password$|redacted|your[-_])/iu;

/** A cheap look first: without one of these nothing below fits. */
const HINTS = /[=:]|\s-p\S|pass|token|secret|AKIA|ASIA|gh[pos]_|github_pat|glpat|xox|PRIVATE KEY/u;

/** The secret is the group `secret`; what it is the secret of, the group `of`. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?<of>PGPASSWORD|MYSQL_PWD|[A-Z][A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|ACCESS_KEY|PASSPHRASE))=(?<secret>"[^"]+"|'[^']+'|[^\s"'$;|&]+)/gu,
    'the value of',
  ],
  [
    /(?<of>--(?:password|passwd|token|secret|passphrase|pass))[= ](?<secret>"[^"]+"|'[^']+'|[^\s"';|&-][^\s"';|&]*)/gu,
    'the value of',
  ],
  [
    /\b(?:mysql|mariadb|mysqladmin|mysqldump)\b[^\n;|]*\s(?<of>-p)(?<secret>"[^"]+"|'[^']+'|[^\s"';|&]+)/gu,
    'the password of',
  ],
  [/\b(?<of>[a-z][a-z0-9+.-]*:\/\/[^\s:/@"']+):(?<secret>[^\s@/"']+)@/gu, 'the password of'],
  [/(?<secret>\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)/gu, 'an AWS access key'],
  [/(?<secret>\b(?:ghp|gho|ghs|github_pat|glpat|xox[abp])[_-][\w-]{16,})/gu, 'an access token'],
  [/(?<secret>-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----)/gu, 'a private key'],
];

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
          PLACEHOLDER.test(text) ||
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

/** What the text gives away, in words that don't; and the secret itself, for marking it only. */
function secretIn(text: string): { readonly what: string; readonly secret: string } | undefined {
  if (!HINTS.test(text)) return undefined;
  for (const [pattern, what] of SECRETS) {
    for (const match of text.matchAll(pattern)) {
      const secret = (match.groups?.['secret'] ?? '').replace(/^(["'])(.*)\1$/u, '$2');
      if (secret.length < 3 || PLACEHOLDER.test(secret)) continue;
      const of = match.groups?.['of'];
      return { what: of === undefined ? what : `${what} ${of}`, secret };
    }
  }
  return undefined;
}
