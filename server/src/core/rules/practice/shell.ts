/** Shell text as the shell reads it: lines continued by a backslash are one, commands end where the shell ends them. */

/** The text with the lines that a backslash continues joined. */
export function joinedLines(text: string): string {
  return text.includes('\\\n') ? text.replace(/\\\n\s*/gu, ' ') : text;
}

/** A text in place: the word that ends it. No here-string, and no number that is shifted. */
const TEXT_IN_PLACE = /(?<!<)<<-?\s*\\?["']?([A-Za-z_]\w*)/u;
const OPEN_END = /(?:&&|\|\|?)\s*$/u;

/**
 * The lines of a text as the shell takes them one after the other: continued ones joined, also behind `&&` and pipes,
 * inside quotes and inside the brackets of `$(` and of a list; without texts in place, which are no commands here.
 */
export function logicalLines(text: string): readonly string[] {
  const found: string[] = [];
  let ending: string | undefined;
  let open = '';
  for (const line of joinedLines(text).split('\n')) {
    if (ending !== undefined) {
      if (line.trim() === ending) ending = undefined;
      continue;
    }
    const whole = open === '' ? line : `${open} ${line}`;
    ending = TEXT_IN_PLACE.exec(line)?.[1];
    if (whole.length < LONGEST_LINE && (OPEN_END.test(line) || isOpen(whole))) {
      open = whole;
      continue;
    }
    open = '';
    if (whole.trim() !== '') found.push(whole.trim());
  }
  return open.trim() === '' ? found : [...found, open.trim()];
}

/** What a quote that nobody closes makes of the rest is read again with every line. */
const LONGEST_LINE = 2000;

/** Whether a quote or the bracket of `$(` or of a list waits for its end. */
function isOpen(line: string): boolean {
  let quote = '';
  let brackets = 0;
  for (let index = 0; index < line.length; index++) {
    const char = line[index] ?? '';
    if (char === '\\' && quote !== "'") index++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '(' && (brackets > 0 || '$=<>'.includes(line[index - 1] ?? ' '))) brackets++;
    else if (char === ')' && brackets > 0) brackets--;
  }
  return quote !== '' || brackets > 0;
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

/**
 * Tells where the call of a program begins that a character belongs to: behind the last separator, pipe or bracket before it,
 * outside quotes. To be asked from the front to the back, so that the text is read once however often it is asked.
 */
export function callStarts(text: string): (index: number) => number {
  let here = 0;
  let start = 0;
  let quote = '';
  return (index) => {
    for (; here < index; here++) {
      const char = text[here] ?? '';
      if (char === '\\' && quote !== "'") here++;
      else if (quote !== '') quote = char === quote ? '' : quote;
      else if (char === '"' || char === "'") quote = char;
      else if (char === '&' && (text[here - 1] === '>' || text[here + 1] === '>')) continue;
      else if ('\n;&|('.includes(char) && !(char === '(' && text[here + 1] === ')')) start = here + 1;
    }
    return start;
  };
}

/** Where a shell text says that it stops at the first command that fails. */
export const STOPS_AT_FIRST =
  /\bset\s(?:[^\n;&|]{0,99}\s)?-[a-z]*e[a-z]*(?=[\s;]|$)|errexit|\btrap\b[^\n]{0,200}\bERR\b|\bbash\s+-[a-z]*e[a-z]*\s/u;
