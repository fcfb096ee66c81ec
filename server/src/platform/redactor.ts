/** Blanks secrets out of text: every value that was read as one, in its usual encodings, and what looks like one. */
import { anyOf } from '../core/anyOf.ts';

const MASK = '•••';
/** Shorter values stand in ordinary words, so they count only as a word of their own. */
const SHORT = 8;

const KEY_BEGIN = '-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----';
/** Its end, or where another begins. */
const KEY_STOP = '-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|(?=-----BEGIN )';
/** Far more than any key has: without a bound it would take the stack that there is. */
const KEY_LENGTH = '{0,200000}';
/**
 * Its lines are told apart by a line's end, or by that of a text of JSON, or of JSON within JSON. One that is cut off ends with that
 * text: at a quote that has fewer backslashes before it.
 */
const KEY_REST = [
  ...[1, 2, 4].map(
    (count) =>
      String.raw`\s*(?:\\{${count}}r)?\\{${count}}n(?:[^"\\]|\\+(?=[^"\\])|\\{${count},}")${KEY_LENGTH}?(?:${KEY_STOP}|(?=\\{0,${count - 1}}")|\\*$)`,
  ),
  String.raw`[^\S\n]*\n[^]${KEY_LENGTH}?(?:${KEY_STOP}|$)`,
  String.raw`[^"\\\n]*?(?:${KEY_STOP}|(?=["\\\n])|$)`,
].join('|');

/**
 * Each pattern names what is kept by its groups; everything else of the match is blanked. Whatever it finds holds one of the
 * words in `near`, in whatever case: most texts hold none, and a pattern takes long to be compiled.
 */
const PATTERNS: readonly { readonly near: readonly string[]; readonly find: RegExp; readonly put: string }[] = [
  {
    near: ['-----begin '],
    find: new RegExp(`${KEY_BEGIN}(?:${KEY_REST})`, 'g'),
    put: MASK,
  },
  { near: ['age-secret-key-1'], find: /\bAGE-SECRET-KEY-1[0-9A-Z]{20,}/gi, put: MASK },
  // AWS: access key ids, and the secret or token beside its usual names.
  { near: ['akia', 'asia', 'abia', 'acca'], find: /\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b/g, put: MASK },
  {
    near: ['accesskey', 'access_key', 'sessiontoken', 'session_token'],
    find: /\b(aws_?(?:secret_?access_?key|session_?token)["']?\s*[=:]\s*["']?)[A-Za-z0-9/+=]{16,}/gi,
    put: `$1${MASK}`,
  },
  { near: ['x-amz-'], find: /([?&]X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"'\\]+/gi, put: `$1${MASK}` },
  // Signed URLs of Azure and Google, and account keys.
  {
    near: ['sig=', 'signature=', 'accessid=', 'credential='],
    find: /([?&](?:sig|Signature|GoogleAccessId|X-Goog-Signature|X-Goog-Credential)=)[^&\s"'\\]+/gi,
    put: `$1${MASK}`,
  },
  {
    near: ['accountkey=', 'sharedaccesskey='],
    find: /\b((?:Account|SharedAccess)Key=)[^;\s"'\\]+/gi,
    put: `$1${MASK}`,
  },
  // URLs with a password; the user name stays, it helps.
  { near: ['://'], find: /\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@"']*:)[^\s@/"']+(?=@)/gi, put: `$1${MASK}` },
  {
    near: ['hooks.slack.com/'],
    find: /\b(https?:\/\/hooks\.slack\.com\/(?:services|workflows)\/)[^\s"'\\]+/gi,
    put: `$1${MASK}`,
  },
  // Headers and tokens.
  { near: ['bearer', 'basic'], find: /\b((?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}/g, put: `$1${MASK}` },
  { near: ['eyj'], find: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, put: MASK },
  {
    near: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-', 'xox'],
    find: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,})/g,
    put: MASK,
  },
  // `password=…` of connection strings and environments, and the same in JSON: the backslash before a quote is JSON's own.
  {
    near: ['password=', 'passwd=', '_pwd=', 'secret=', 'token=', 'apikey=', 'api_key='],
    find: /\b((?:[A-Z0-9_]*(?:PASSWORD|PASSWD|_PWD|SECRET|TOKEN|API_?KEY)|pass(?:word|wd))=)("[^"]*"|'[^']*'|\\"(?:[^"\\]|\\[^"])*\\"|(?:[^\s"'&;,\\]|\\\\|\\(?!["']))+)/gi,
    put: `$1${MASK}`,
  },
  {
    near: ['password"', 'passwd"', 'secret"', 'token"', 'apikey"', 'api_key"', 'accesskey"'],
    find: /("(?:password|passwd|secret|token|apiKey|api_key|secretAccessKey|sessionToken)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi,
    put: `$1"${MASK}"`,
  },
];

/** One look for all of them: most texts hold none. */
const NEAR = anyOf(PATTERNS.flatMap(({ near }) => near));

export interface Redactor {
  /** From now on this value is blanked wherever it stands. */
  readonly register: (secret: string) => void;
  readonly redact: (text: string) => string;
}

export function createRedactor(): Redactor {
  const known = new Set<string>();
  let combined: RegExp | undefined;
  return {
    register: (secret) => {
      for (const form of formsOf(secret)) known.add(form);
      combined = combine(known);
    },
    redact: (text) => {
      let clean = combined === undefined ? text : text.replace(combined, MASK);
      const lower = clean.toLowerCase();
      if (!NEAR.test(lower)) return clean;
      for (const { near, find, put } of PATTERNS) {
        if (near.some((word) => lower.includes(word))) clean = clean.replace(find, put);
      }
      return clean;
    },
  };
}

/** A secret travels in other clothes too: in a URL, in JSON, in Base64, line by line. */
function formsOf(secret: string): readonly string[] {
  const whole = secret.trim();
  if (whole === '') return [];
  const forms = [whole, encodeURIComponent(whole), JSON.stringify(whole).slice(1, -1)];
  if (whole.length >= SHORT) {
    const base64 = Buffer.from(whole).toString('base64');
    forms.push(base64, base64.replace(/=+$/, ''), Buffer.from(whole).toString('base64url'));
    const lines = whole.split(/\r?\n/).map((line) => line.trim());
    if (lines.length > 1) forms.push(...lines.filter((line) => line.length >= SHORT));
  }
  return forms;
}

function combine(known: ReadonlySet<string>): RegExp {
  // Longest first, so that a secret that holds another goes whole.
  const alternatives = [...known]
    .sort((a, b) => b.length - a.length)
    .map((form) => {
      const escaped = form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      return form.length < SHORT ? `(?<![A-Za-z0-9_])${escaped}(?![A-Za-z0-9_])` : escaped;
    });
  return new RegExp(alternatives.join('|'), 'g');
}
