/** Dates, moments and time zones as people and other tools write them, in the form that is read. */

/** What may have been meant, best first; `certain` where nothing else can have been. */
export interface Meant {
  readonly texts: readonly string[];
  readonly certain: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = `(${MONTHS.join('|')})[a-z]*\\.?`;

/** `02.10.2026` is a day first; `02/10/2026` is one of two days. */
export function dateMeant(text: string): Meant {
  const trimmed = text.trim();
  const found = (...dates: readonly (string | undefined)[]): Meant => {
    const texts = [...new Set(dates.filter((each) => each !== undefined))];
    return { texts, certain: texts.length === 1 };
  };
  let match = /^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/u.exec(trimmed);
  if (match) return found(dateOf(match[1], match[2], match[3]));
  match = /^(\d{4})(\d\d)(\d\d)$/u.exec(trimmed);
  if (match) return found(dateOf(match[1], match[2], match[3]));
  match = /^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$/u.exec(trimmed);
  if (match) return found(dateOf(match[3], match[2], match[1]));
  match = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$/u.exec(trimmed);
  if (match) return found(dateOf(match[3], match[2], match[1]), dateOf(match[3], match[1], match[2]));
  match = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th|\\.)?[ -]${MONTH},?[ -](\\d{4})$`, 'iu').exec(trimmed);
  if (match) return found(dateOf(match[3], monthOf(match[2]), match[1]));
  match = new RegExp(`^${MONTH} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})$`, 'iu').exec(trimmed);
  return match ? found(dateOf(match[3], monthOf(match[1]), match[2])) : found();
}

function monthOf(name = ''): string {
  return String(MONTHS.indexOf(name.toLowerCase()) + 1);
}

function dateOf(year = '', month = '', day = ''): string | undefined {
  const made = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${made}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day) ? made : undefined;
}

/** A moment without its zone, taken for UTC. */
export function instantMeant(text: string): readonly string[] {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?\s*(?:Z|UTC)?$/u.exec(text.trim());
  const made = match && `${match[1] ?? ''}T${match[2] ?? '00:00'}Z`;
  return made && !Number.isNaN(Date.parse(made)) ? [made] : [];
}

/** `paris` is `Europe/Paris`, `america/new york` is spelt with an underscore. */
export function zoneMeant(text: string): string | undefined {
  const plain = text.trim().toLowerCase().replace(/\s+/gu, '_');
  const zones = Intl.supportedValuesOf('timeZone').filter(
    (zone) => zone.toLowerCase() === plain || zone.toLowerCase().split('/').at(-1) === plain,
  );
  return zones.length === 1 ? zones[0] : undefined;
}
