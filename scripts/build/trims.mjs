/** What packages carry along and nobody reads: left out of every bundle. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A row: which files, and what stands in their place. */
const TRIMS = [
  {
    // Of a package's manifest its code reads the version.
    filter: /[\\/]node_modules[\\/].*package\.json$/,
    trim: (path) => {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8'));
      return { loader: 'json', contents: JSON.stringify({ name, version }) };
    },
  },
  {
    // The driver looks names up by number, and numbers by name only for the few that its code spells out.
    filter: /[\\/]mysql2[\\/]lib[\\/]constants[\\/]errors\.js$/,
    trim: (path) => {
      const spelt = spelledNames(dirname(dirname(path)));
      const names = Object.entries(createRequire(import.meta.url)(path)).filter(
        ([key]) => /^\d+$/.test(key) || spelt.has(key),
      );
      if (names.length < 1000) throw new Error(`${path} is not the table of errors that it was.`);
      return { loader: 'json', contents: JSON.stringify(Object.fromEntries(names)) };
    },
  },
  {
    // To find out whether it runs in a browser's worker it looks at `Response`, with which Node 20 loads all of its `fetch`.
    filter: /[\\/]pg[\\/]lib[\\/]stream\.js$/,
    trim: (path) => {
      const text = readFileSync(path, 'utf8');
      const looks = "typeof Response === 'function'";
      if (!text.includes(looks)) throw new Error(`${path} is not the choice of streams that it was.`);
      return { loader: 'js', contents: text.replace(looks, 'false') };
    },
  },
];

/** The names that the driver's own code takes out of the table. */
function spelledNames(folder) {
  const texts = readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.js') && !file.endsWith('errors.js'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  return new Set(texts.flatMap((text) => text.match(/\b[A-Z]+(?:_[A-Z0-9]+)+\b/g) ?? []));
}

export const trims = {
  name: 'trims',
  setup: (bundle) => {
    for (const { filter, trim } of TRIMS) bundle.onLoad({ filter }, ({ path }) => trim(path));
  },
};
