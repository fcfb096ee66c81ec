/** Secrets that stand in the text of a step: found by their form, and never repeated. */
import { anyOf } from '../anyOf.ts';

/** What is written in place of a secret, by people who know better. */
const PLACEHOLDER = /^(?:[$`]|<|\{\{|%|\*+$|x{3,}$|\.{3}|\u2026|changeme$|secret$|password$|redacted|your[-_])/iu;

/** Where a secret lies: programs take a file by its path, some behind a word. */
const PLACE =
  /^(?:@?(?:~|\.{1,2})?\/(?:run|etc|var|tmp|home|root|opt|srv|mnt|secrets?|vault|dev|proc|usr)\/|@?(?:~|\.{1,2})\/|(?:file|env|fd|cmd|ssm|vault|secretsmanager|op):)/u;

/** The secret is the group `secret`; what it is the secret of, the group `of`. The last column is what a text must hold for a closer look. */
const SECRETS: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [
    /\b(?<of>PGPASSWORD|MYSQL_PWD|[A-Z][A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|ACCESS_KEY|PASSPHRASE))=(?<secret>"[^"]+"|'[^']+'|[^\s"'$;|&]+)/gu,
    'the value of',
    ['D=', 'T=', 'N=', 'Y=', 'E='],
  ],
  [
    /(?<of>--(?:token|secret|pass|(?:session|auth|access|api)-token|(?:secret|api|access|secret-access)-key|(?!no-|ask-|manage-|generate-|prompt-|random-)(?:[a-z]+-){0,4}(?:password|passwd|passphrase)))[= ](?<secret>"[^"]+"|'[^']+'|[^\s"';|&-][^\s"';|&]*)/gu,
    'the value of',
    ['--pass', '--token', '--secret', '-pass', '-token', '-key'],
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
  [
    /(?=\s(?:-u|--user)[= ])(?<!\b(?:docker|podman|nerdctl)\b[^\n;|]{0,500})\s(?<of>-u|--user)[= ]\s*["']?[^\s:"']+:(?!\/\/)(?<secret>[^\s"']+)/gu,
    'the password of',
    [' -u', ' --user'],
  ],
  [/\s(?<of>-pass(?:in|out)?)\s+["']?pass:(?<secret>[^\s"']+)/gu, 'the value of', ['pass:']],
  [
    /\bopenssl\s+enc\b[^\n;|]*\s(?<of>-k)\s+(?<secret>"[^"]+"|'[^']+'|[^\s"';|&-][^\s"';|&]*)/gu,
    'the value of',
    [' -k '],
  ],
  [
    /\b(?:identified\s+(?:with\s+\w+\s+)?by|password)\s+'(?<secret>[^'\s][^'\n]*)'/giu,
    "a user's password",
    ['assword ', 'ASSWORD ', 'dentified', 'DENTIFIED'],
  ],
  [
    /\b(?<of>(?:X-[\w-]*(?:Token|Key|Auth)|PRIVATE-TOKEN|Api-Key))\s*:\s*(?<secret>[^\s"']{6,})/giu,
    'the value of',
    ['oken:', 'oken :', 'Key:', 'KEY:', 'TOKEN:', 'Auth:'],
  ],
  [
    /(?<secret>\bhttps:\/\/hooks\.slack\.com\/services\/T\w+\/B\w+\/\w{16,})/gu,
    'a webhook that anyone can post to',
    ['hooks.slack.com'],
  ],
  [
    /(?<![\w.*-])[\w.*-]{1,253}:(?:\d{2,5}|\*):[\w*-]{1,63}:[\w*-]{1,63}:(?<secret>[^\s"':]{3,})(?=[^\n]*pgpass)/gu,
    'a password',
    ['pgpass'],
  ],
  [/(?<secret>\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)/gu, 'an AWS access key', ['AKIA', 'ASIA']],
  [
    /(?<secret>\b(?:(?:ghp|gho|ghs|github_pat|glpat|xox[abp]|sk_live|npm|dckr_pat)[_-][\w-]{16,}|hvs\.[\w-]{16,}))/gu,
    'an access token',
    ['ghp', 'gho', 'ghs', 'github_pat', 'glpat', 'xox', 'sk_live', 'npm_', 'dckr_pat', 'hvs.'],
  ],
  [/(?<secret>-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----)/gu, 'a private key', ['PRIVATE KEY']],
];

/** A cheap look first: most texts hold none of the words in the last column. */
const ANY = anyOf(SECRETS.flatMap(([, , words]) => words));

/** Whether a value only stands for a secret. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text) || PLACE.test(text);
}

/** What the text gives away, in words that don't; and the secret itself, for marking it only. */
export function secretIn(text: string): { readonly what: string; readonly secret: string } | undefined {
  if (!ANY.test(text)) return undefined;
  for (const [pattern, what, hints] of SECRETS) {
    if (!hints.some((hint) => text.includes(hint))) continue;
    for (const match of text.matchAll(pattern)) {
      const secret = (match.groups?.['secret'] ?? '').replace(/^(["'])(.*)\1$/u, '$2');
      if (secret.length < 3 || isPlaceholder(secret)) continue;
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
      return bare.length < 3 || isPlaceholder(bare) ? whole : whole.replace(secret, '***');
    });
  }
  return safe;
}
