/** What of other people is in a bundle: its licences (permissive ones only), the notice, and the bill of materials. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** SPDX names of what may ship. */
const PERMISSIVE = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
  'MIT-0',
  'Python-2.0',
  'WTFPL',
]);

/**
 * The packages whose code is in the outputs of these esbuild metafiles.
 * @returns {{ name: string, version: string, license: string, text: string, homepage?: string }[]}
 */
export function packagesIn(root, metafiles) {
  const folders = new Set();
  for (const metafile of metafiles) {
    for (const output of Object.values(metafile.outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
        const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(input);
        if (match !== null && bytesInOutput > 0) folders.add(match[1]);
      }
    }
  }
  const found = new Map();
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const license =
      typeof manifest.license === 'string'
        ? manifest.license
        : (manifest.license?.type ?? manifest.licenses?.[0]?.type ?? 'UNKNOWN');
    found.set(`${manifest.name}@${manifest.version}`, {
      name: manifest.name,
      version: manifest.version,
      license,
      text: licenceText(join(root, folder)),
      homepage: manifest.homepage,
    });
  }
  return [...found.values()].sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1,
  );
}

function licenceText(folder) {
  const names = readdirSync(folder)
    .filter((name) => /^(licen[sc]e|notice|copying)/i.test(name))
    .sort();
  return names.map((name) => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n');
}

/** Names of the packages whose licence is not permissive: a build with one of them must not ship. */
export function forbidden(packages) {
  return packages
    .filter(({ license }) => !isPermissive(license))
    .map((each) => `${each.name} ${each.version} (${each.license})`);
}

/** `(MIT OR GPL-2.0)` is, since we may choose; `MIT AND GPL-2.0` is not. */
export function isPermissive(expression) {
  const plain = expression.replace(/[()]/g, '');
  return plain
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((part) => PERMISSIVE.has(part.trim())));
}

/** The same words in many packages, set in more than one way: they stand there once, what differs around them with each. */
const APACHE_TERMS = /TERMS AND CONDITIONS FOR USE[^]*?END OF TERMS AND CONDITIONS/;

/** Each text once, below the packages that bring it. */
export function noticeText(packages) {
  const byText = new Map();
  for (const each of packages) {
    const text = each.text.replace(/\r\n/g, '\n');
    byText.set(text, [...(byText.get(text) ?? []), `${each.name} ${each.version} (${each.license})`]);
  }
  const terms = new Map();
  const parts = [...byText].map(([text, names]) => {
    const whole = text.replace(APACHE_TERMS, (found) => {
      const plain = found.replace(/\s+/g, ' ');
      const [first] = names;
      if (!terms.has(plain)) terms.set(plain, first);
      return terms.get(plain) === first
        ? found
        : `(The terms and conditions are those that stand under ${terms.get(plain)}.)`;
    });
    return `${names.join('\n')}\n\n${whole === '' ? '(The package brings no text of it.)' : whole}\n`;
  });
  return `Drillbook contains parts of these packages. Their licences follow.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** CycloneDX 1.5, the same bytes for the same packages. */
export function billOfMaterials(root, version, packages) {
  const lock = existsSync(join(root, 'package-lock.json'))
    ? JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
    : {};
  const components = packages.map(({ name, version: of, license }) => {
    const row = Object.entries(lock).find(
      ([path, each]) => path.endsWith(`node_modules/${name}`) && each.version === of,
    )?.[1];
    const hash = row?.integrity?.startsWith('sha512-')
      ? Buffer.from(row.integrity.slice(7), 'base64').toString('hex')
      : undefined;
    return {
      type: 'library',
      'bom-ref': `pkg:npm/${name.replace('@', '%40')}@${of}`,
      name,
      version: of,
      purl: `pkg:npm/${name.replace('@', '%40')}@${of}`,
      licenses: [/ (OR|AND) /.test(license) ? { expression: license } : { license: { id: license } }],
      ...(hash === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: hash }] }),
    };
  });
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `pkg:npm/drillbook@${version}`,
        name: 'drillbook',
        version,
        purl: `pkg:npm/drillbook@${version}`,
      },
    },
    components,
  };
  const id = createHash('sha256').update(JSON.stringify(bom)).digest('hex');
  const uuid = `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-8${id.slice(17, 20)}-${id.slice(20, 32)}`;
  return `${JSON.stringify({ bomFormat: bom.bomFormat, specVersion: bom.specVersion, serialNumber: `urn:uuid:${uuid}`, ...bom }, undefined, 2)}\n`;
}
