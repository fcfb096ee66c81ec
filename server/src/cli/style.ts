/** Colour by meaning, and text set to a width. */

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly heading: (text: string) => string;
  readonly name: (text: string) => string;
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly information: (text: string) => string;
  readonly unchecked: (text: string) => string;
  readonly good: (text: string) => string;
  readonly link: (text: string) => string;
}

export function paint(color: boolean): Paint {
  const set = (open: number, close: number): ((text: string) => string) => (color ? painted(open, close) : plain);
  const [bold, underline] = [set(1, 22), set(4, 24)];
  const red = set(31, 39);
  return {
    bold,
    dim: set(2, 22),
    heading: (text) => bold(underline(text)),
    name: set(36, 39),
    error: (text) => bold(red(text)),
    warning: set(33, 39),
    information: set(34, 39),
    unchecked: set(35, 39),
    good: set(32, 39),
    link: underline,
  };
}

function plain(text: string): string {
  return text;
}

/** Between two of the terminal's sequences; what ends a style inside begins ours again. */
function painted(open: number, close: number): (text: string) => string {
  const [start, end] = [`\u001b[${open}m`, `\u001b[${close}m`];
  return (text) => start + text.replaceAll(end, end + start) + end;
}

/** Breaks a paragraph (or several, at blank lines) at words so that no line is longer than `width` where a word allows it. */
export function wrap(text: string, width: number): string[] {
  if (text.length <= width && /^[ -~]*$/.test(text)) return [text];
  const lines: string[] = [];
  const widthOf = /^[ -~\n]*$/.test(text) ? (word: string): number => word.length : displayWidth;
  for (const paragraph of text.split('\n')) {
    let line = '';
    let used = 0;
    for (const word of paragraph.split(' ')) {
      const wide = widthOf(word);
      if (line !== '' && used + 1 + wide > width) {
        lines.push(line);
        line = word;
        used = wide;
      } else {
        used = line === '' ? wide : used + 1 + wide;
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}

/** Columns that a text takes in a terminal: wide East Asian and emoji count two, combining marks and colours none. */
export function displayWidth(text: string): number {
  // What is nearly all of what is printed: each character one column.
  if (/^[ -~]*$/u.test(text)) return text.length;
  let width = 0;
  // eslint-disable-next-line no-control-regex -- the colours that are skipped begin with this control character
  for (const character of text.replace(/\u001b\[[0-9;]*m/g, '')) {
    if (/\p{Mark}|\u200d|[\ufe00-\ufe0f]/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

/** A column is not made narrower than this, or than what stands in it. */
const NARROWEST = 10;

/** Sets cells in columns; where they are wider than `width` the widest columns are broken over lines. Cells may carry colour. */
export function table(rows: readonly (readonly string[])[], width: number, indent = '  ', gap = 2): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
  const room = width - indent.length - gap * (count - 1);
  for (let over = sumOf(widths) - room; over > 0; over = sumOf(widths) - room) {
    const widest = widths.indexOf(Math.max(...widths));
    const next = Math.max(0, ...widths.filter((_, column) => column !== widest));
    const narrowed = Math.max(
      NARROWEST,
      Math.min((widths[widest] ?? 0) - 1, Math.max(next, (widths[widest] ?? 0) - over)),
    );
    if (narrowed >= (widths[widest] ?? 0)) break;
    widths[widest] = narrowed;
  }
  return rows.flatMap((row) => {
    const cells = row.map((cell, column) => broken(cell, widths[column] ?? 0));
    return Array.from({ length: Math.max(1, ...cells.map((cell) => cell.length)) }, (_, line) =>
      cells
        .reduce((text, cell, column) => {
          const part = cell[line] ?? '';
          const last = column === cells.length - 1;
          return text + part + (last ? '' : ' '.repeat((widths[column] ?? 0) - displayWidth(part) + gap));
        }, indent)
        .trimEnd(),
    );
  });
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

// eslint-disable-next-line no-control-regex -- a cell is coloured as a whole
const COLOURED = /^((?:\u001b\[[0-9;]*m)*)([^\u001b]*)((?:\u001b\[[0-9;]*m)*)$/u;

/** A cell in lines of at most `width`, each in the cell's colour; a word that is longer is cut in pieces. */
function broken(cell: string, width: number): readonly string[] {
  if (displayWidth(cell) <= width) return [cell];
  const [, open = '', plain = '', close = ''] = COLOURED.exec(cell) ?? [];
  // Of several colours: it goes over rather than lose one.
  if (plain === '') return [cell];
  return wrap(plain, width)
    .flatMap((line) => pieces(line, width))
    .map((line) => open + line + close);
}

function pieces(line: string, width: number): readonly string[] {
  const made: string[] = [];
  let open = '';
  for (const character of line) {
    if (open !== '' && displayWidth(open) + displayWidth(character) > width) {
      made.push(open);
      open = '';
    }
    open += character;
  }
  return [...made, open];
}

/** `812 ms`, `4.2 s`, `3 min 12 s`, `1 h 5 min`, `35 d`. */
export function spokenDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
  const minutes = Math.round(seconds / 60);
  if (minutes >= 2 * 1440) return `${Math.round(minutes / 1440)} d`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
}

/** Without what would steer the terminal: a document's text is shown, not obeyed. Line ends and tabs stay. */
export function printable(text: string): string {
  if (/^[ -~\n\t]*$/.test(text)) return text;
  return text.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** The last stop before a terminal or a job's log: of all control characters only line ends, tabs and our own colours pass. */
export function steerless(text: string): string {
  // eslint-disable-next-line no-control-regex -- what is kept of the control characters is named by them
  return text.replace(/\u001b\[[0-9;]*m|\r\n|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (found) =>
    found.length > 1 ? found : '\ufffd',
  );
}

/** `1 error`, `2,000 errors`. The thousands are set apart by hand: the first number that Intl writes takes it 12 ms. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')} ${count === 1 ? one : many}`;
}
