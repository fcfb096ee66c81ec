/** Shell text as the shell reads it: lines continued by a backslash are one. */

/** The text with the lines that a backslash continues joined. */
export function joinedLines(text: string): string {
  return text.includes('\\\n') ? text.replace(/\\\n\s*/gu, ' ') : text;
}
