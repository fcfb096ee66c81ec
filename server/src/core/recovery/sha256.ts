/** SHA-256 of a text, computed here because the core is pure: FIPS 180-4, over UTF-8, as lower-case hexadecimal. */

/** First 32 bits of the fractional parts of the roots of the first primes: cube roots for rounds, square roots to begin. */
function fractions(count: number, power: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
    if (prime) found.push((candidate ** power * 2 ** 32) | 0);
  }
  return found;
}

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** The digest of `text`. */
export function sha256(text: string): string {
  const constants = fractions(64, 1 / 3);
  const hash = fractions(8, 1 / 2);
  const bytes = padded(new TextEncoder().encode(text));
  const view = new DataView(bytes.buffer);
  const words = new Int32Array(64);
  const word = (index: number): number => words[index] ?? 0;
  for (let block = 0; block < bytes.length; block += 64) {
    for (let index = 0; index < 16; index++) words[index] = view.getInt32(block + index * 4);
    for (let index = 16; index < 64; index++) {
      const early = word(index - 15);
      const late = word(index - 2);
      const small0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
      const small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
      words[index] = word(index - 16) + small0 + word(index - 7) + small1;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
    for (let index = 0; index < 64; index++) {
      const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const choice = (e & f) ^ (~e & g);
      const first = (h + big1 + choice + (constants[index] ?? 0) + word(index)) | 0;
      const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + big0 + majority) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, index) => (hash[index] = ((hash[index] ?? 0) + value) | 0));
  }
  return hash.map((value) => (value >>> 0).toString(16).padStart(8, '0')).join('');
}

function padded(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil((content.length + 9) / 64) * 64);
  bytes.set(content);
  bytes[content.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(content.length / 2 ** 29));
  view.setUint32(bytes.length - 4, (content.length << 3) >>> 0);
  return bytes;
}
