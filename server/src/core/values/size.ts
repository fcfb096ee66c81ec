/** Sizes as `40 GiB`: binary and decimal units of bytes. */

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  pb: 1e15,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
};
const SIZE = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/;

/** Bytes of `40 GiB`, `500 MB`, `1024`; undefined where it is no size. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text.trim());
  const unit = match && UNITS[(match[2] ?? '').toLowerCase()];
  if (unit === undefined || unit === null) return undefined;
  const bytes = Number(match?.[1]) * unit;
  return Number.isFinite(bytes) ? Math.round(bytes) : undefined;
}

/** `40 GiB`, `1.5 MiB`, `12 B`. */
export function formatSize(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < names.length - 1) {
    value /= 1024;
    unit++;
  }
  const rounded = value >= 100 || unit === 0 ? Math.round(value) : Number(value.toFixed(1));
  return `${bytes < 0 ? '-' : ''}${rounded} ${names[unit] ?? 'B'}`;
}
