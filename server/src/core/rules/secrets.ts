/** Secrets that stand in the text of a step: found by their form, and never repeated. */
import { anyOf } from './anyOf.ts';

/** What is written in place of a secret, by people who know better. */
const PLACEHOLDER = /^(?:\$|<|\{\{|%|\*+$|x{3,}$|\.{3}|\u2026|changeme$|secret$|password$|redacted|your[-_])/iu;

/** The secret is the group `secret`; what it is the secret of, the group `of`. The last column is what a text must hold for a closer look. */
const SECRETS: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [
    /\b(?<of>PGPASSWORD|MYSQL_PWD|[A-Z][A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|ACCESS_KEY|PASSPHRASE))=(?<secret>"[^"]+"|'[^']+'|[^\s"'$;|&]+)/gu,
    'the value of',
    ['D=', 'T=', 'N=', 'Y=', 'E='],
  ],
  [
    /(?<of>--(?:password|passwd|token|secret|passphrase|pass))[= ](?<secret>"[^"]+"|'[^']+'|[^\s"';|&-][^\s"';|&]*)/gu,
    'the value of',
    ['--pass', '--token', '--secret'],
  ],
  [
    /\b(?:mysql|mariadb|mysqladmin|mysqldump)\b[^\n;|]*\s(?<of>-p)(?<secret>"[^"]+"|'[^']+'|[^\s"';|&]+)/gu,
    'the password of',
    [' -p'],
  ],
  [
    /\b(?:redis-cli\b[^\n;|]*\s-a|(?:mongosh?|mongorestore|mongodump|sshpass|docker\s+login)\b[^\n;|]*\s-p|sqlcmd\b[^\n;|]*\s-P)\s+(?<secret>"[^"]+"|'[^']+'|[^\s"';|&-][^\s"';|&]*)/gu,
    'a password',
    [' -a ', ' -p ', ' -P '],
  ],
  [
    /\b(?<of>aws_secret_access_key|requirepass|masterauth)(?:\s*=\s*|\s+)(?<secret>"[^"]+"|'[^']+'|[^\s"';|&]{8,})/giu,
    'the value of',
    ['secret_access_key', 'requirepass', 'masterauth'],
  ],
  [/\b(?<of>password|passwd)=(?<secret>"[^"]+"|'[^']+'|[^\s"';|&]+)/gu, 'the value of', ['password=', 'passwd=']],
  [/\b(?<of>[a-z][a-z0-9+.-]*:\/\/[^\s:/@"']+):(?<secret>[^\s@/"']+)@/gu, 'the password of', ['://']],
  [/\b(?<of>Bearer|Basic)\s+(?<secret>[\w.~+/=-]{8,})/gu, 'the credentials behind', ['Bearer', 'Basic']],
  [/\s(?<of>-u|--user)[= ]\s*["']?[^\s:"']+:(?<secret>[^\s"']+)/gu, 'the password of', [' -u', ' --user']],
  [/(?<secret>\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)/gu, 'an AWS access key', ['AKIA', 'ASIA']],
  [
    /(?<secret>\b(?:ghp|gho|ghs|github_pat|glpat|xox[abp])[_-][\w-]{16,})/gu,
    'an access token',
    ['ghp', 'gho', 'ghs', 'github_pat', 'glpat', 'xox'],
  ],
  [/(?<secret>-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----)/gu, 'a private key', ['PRIVATE KEY']],
];

/** A cheap look first: most texts hold none of the words in the last column. */
const ANY = anyOf(SECRETS.flatMap(([, , words]) => words));

/** Whether a value only stands for a secret. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text);
}

/** What the text gives away, in words that don't; and the secret itself, for marking it only. */
export function secretIn(text: string): { readonly what: string; readonly secret: string } | undefined {
  if (!ANY.test(text)) return undefined;
  for (const [pattern, what, hints] of SECRETS) {
    if (!hints.some((hint) => text.includes(hint))) continue;
    for (const match of text.matchAll(pattern)) {
      const secret = (match.groups?.['secret'] ?? '').replace(/^(["'])(.*)\1$/u, '$2');
      if (secret.length < 3 || PLACEHOLDER.test(secret)) continue;
      const of = match.groups?.['of'];
      return { what: of === undefined ? what : `${what} ${of}`, secret };
    }
  }
  return undefined;
}

/** The text with every secret in it replaced by asterisks: for messages and pages. */
export function withoutSecrets(text: string): string {
  let safe = text;
  for (const [pattern] of SECRETS) {
    safe = safe.replace(pattern, (whole: string, ...parts: unknown[]) => {
      const groups = parts.at(-1) as Readonly<Record<string, string | undefined>>;
      const secret = groups['secret'] ?? '';
      const bare = secret.replace(/^(["'])(.*)\1$/u, '$2');
      return bare.length < 3 || PLACEHOLDER.test(bare) ? whole : whole.replace(secret, '***');
    });
  }
  return safe;
}
