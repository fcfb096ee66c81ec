// The linter's rules: typescript-eslint's strictest type-checked set; the formatter decides style.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What Node gives every module; the scripts are checked without types. */
const NODE_GLOBALS = [
  ...[
    'process',
    'console',
    'fetch',
    'URL',
    'URLSearchParams',
    'Buffer',
    'performance',
    'structuredClone',
    'require',
    'module',
  ],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'AbortController', 'AbortSignal'],
  ...['TextEncoder', 'TextDecoder', 'document', 'window', 'globalThis', '__dirname', 'exports'],
];

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', '.tools/**', 'server/src/generated/**', 'node_modules/**', 'test/fixtures/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    languageOptions: { globals: Object.fromEntries(NODE_GLOBALS.map((name) => [name, 'readonly'])) },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
  },
);
