/** Shell text as the shell reads it: lines continued by a backslash are one, commands end where the shell ends them. */

/** The text with the lines that a backslash continues joined. */
export function joinedLines(text: string): string {
  return text.includes('\\\n') ? text.replace(/\\\n\s*/gu, ' ') : text;
}

/** Most texts are one command. */
const SEPARATOR = /[\n;&]|\|\|/u;

/** The commands of a text: lines continued by a backslash are joined, then split at `;`, `&&`, `||` and `&`, never inside quotes. */
export function simpleCommands(text: string): readonly string[] {
  const joined = joinedLines(text);
  if (!SEPARATOR.test(joined)) {
    const only = joined.trim();
    return only === '' ? [] : [only];
  }
  const found: string[] = [];
  let start = 0;
  let quote = '';
  for (let index = 0; index < joined.length; index++) {
    const char = joined[index] ?? '';
    if (char === '\\') index++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (
      char === '\n' ||
      char === ';' ||
      (char === '&' && joined[index - 1] !== '>' && joined[index + 1] !== '>') ||
      (char === '|' && joined[index + 1] === '|')
    ) {
      found.push(joined.slice(start, index));
      if (joined[index + 1] === char) index++;
      start = index + 1;
    }
  }
  found.push(joined.slice(start));
  return found.map((command) => command.trim()).filter((command) => command !== '');
}

/** The first word of a command behind assignments, `sudo` and the like: which program runs. */
export function programOf(command: string): string {
  const word =
    /^(?:\s*(?:sudo|time|env|exec|nohup|[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*))\s+)*([^\s|<>]+)/u.exec(command)?.[1] ??
    '';
  return word.slice(word.lastIndexOf('/') + 1);
}

/** The call of a program that the character at `index` belongs to: what begins behind the last separator, pipe or bracket before it, outside quotes. */
export function callAt(text: string, index: number): string {
  let start = 0;
  let quote = '';
  for (let here = 0; here < index; here++) {
    const char = text[here] ?? '';
    if (char === '\\' && quote !== "'") here++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if ('\n;&|('.includes(char)) start = here + 1;
  }
  return text.slice(start);
}

/** Where a shell text says that it stops at the first command that fails. */
export const STOPS_AT_FIRST =
  /\bset\s(?:[^\n;&|]{0,99}\s)?-[a-z]*e[a-z]*(?=[\s;]|$)|errexit|\btrap\b[^\n]{0,200}\bERR\b|\bbash\s+-[a-z]*e[a-z]*\s/u;
