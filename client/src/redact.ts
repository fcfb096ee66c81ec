/** Takes secrets out of text before it is shown, as a second line behind the server's own redaction. */

const HIDDEN = '[hidden]';

/** Shapes of secrets that tools are known to print. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]+):[^\s@/]+@/gi, `$1:${HIDDEN}@`],
  [/\b(A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}\b/g, HIDDEN],
  [
    /\b((?:[A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PW)[A-Z0-9_]*)\s*[=:]\s*)("[^"]*"|'[^']*'|\S+)/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(Authorization:\s*\w+\s+)\S+/gi, `$1${HIDDEN}`],
  [/([?&](?:X-Amz-Signature|X-Amz-Security-Token|sig|token)=)[^&\s"']+/gi, `$1${HIDDEN}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]+\b/g, HIDDEN],
];

/** The text with everything that looks like a secret replaced. */
export function redact(text: string): string {
  return PATTERNS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
