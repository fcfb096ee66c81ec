/** The walls of ARCHITECTURE.md: who may import whom, no cycles, no SDK but lazily, nothing of Node in the core. */
import assert from 'node:assert/strict';
import { cruise, type ICruiseResult, type IDependency } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/** A tool that reads no module would pass every test: there are at least this many. */
const LEAST_MODULES = 150;
const COMPUTING = [
  'path',
  'crypto',
  'stream',
  'stream/promises',
  'zlib',
  'util',
  'events',
  'buffer',
  'url',
  'string_decoder',
];
const SDKS = /^(@aws-sdk\/|@smithy\/|@azure\/|@google-cloud\/|pg$|pg-|mysql2|mongodb|ioredis)/;

interface Room {
  /** Rooms it may import, besides itself. */
  readonly rooms: readonly string[];
  /** Packages that it may import. */
  readonly packages: readonly (string | RegExp)[];
  /** Packages of which it may use the types. */
  readonly types?: readonly (string | RegExp)[];
  /** Modules of Node: all, or these. */
  readonly node: 'all' | readonly string[];
}

const LIVE: Room = { rooms: ['core', 'protocol'], packages: [SDKS], node: COMPUTING };
const WIRING = ['core', 'language', 'app', 'live', 'dryrun', 'evidence', 'platform', 'generated', 'protocol'];
const LSP_TYPES = ['vscode-languageserver-types', 'vscode-languageserver-textdocument', 'vscode-uri'];

const ROOMS: Readonly<Record<string, Room>> = {
  core: { rooms: ['generated'], packages: ['yaml', /^ajv/], node: [] },
  generated: { rooms: ['core'], packages: [/^ajv/], node: [] },
  protocol: { rooms: [], packages: [], node: [] },
  language: { rooms: ['core', 'protocol'], packages: LSP_TYPES, types: ['vscode-languageserver'], node: [] },
  app: { rooms: ['core', 'protocol'], packages: [], node: [] },
  live: { ...LIVE, node: [...COMPUTING, 'worker_threads'] },
  dryrun: LIVE,
  evidence: LIVE,
  platform: { rooms: ['core'], packages: ['ignore'], node: 'all' },
  lsp: { rooms: WIRING, packages: [/^vscode-/], node: 'all' },
  cli: { rooms: WIRING, packages: [], node: 'all' },
  main: { rooms: ['cli', 'commands'], packages: [], node: [] },
  commands: { rooms: ['cli', 'lsp'], packages: [], node: [] },
  checkWorker: { rooms: ['cli'], packages: [], node: [] },
  client: { rooms: ['protocol'], packages: ['vscode', /^vscode-languageclient/, 'vscode-uri'], node: 'all' },
};

/** What runs in a browser: the server's wiring there reaches nothing of Node. */
const BROWSER_ENTRY = 'server/src/lsp/main.browser.ts';

function roomOf(file: string): string | undefined {
  if (file.startsWith('client/src/')) return 'client';
  return /^server\/src\/([^/.]+)/.exec(file)?.[1];
}

function isTypeOnly(dependency: IDependency): boolean {
  return dependency.dependencyTypes.some((type) => type === 'type-only' || type === 'type-import');
}

function matches(name: string, allowed: readonly (string | RegExp)[]): boolean {
  return allowed.some((each) =>
    typeof each === 'string' ? name === each || name.startsWith(`${each}/`) : each.test(name),
  );
}

/** Why `from` may not have this import, or undefined where it may. */
function objection(from: string, dependency: IDependency): string | undefined {
  const name = roomOf(from);
  const room = name === undefined ? undefined : ROOMS[name];
  if (name === undefined || room === undefined) return 'is in no room of the table';
  const { resolved, module } = dependency;
  if (dependency.coreModule) {
    const asked = module.replace(/^node:/, '');
    if (isTypeOnly(dependency)) return undefined;
    return room.node === 'all' || room.node.includes(asked) ? undefined : `may not import ${module} of Node`;
  }
  const target = roomOf(resolved);
  // The protocol is names and types: as types anyone may say them.
  if (target === 'protocol' && isTypeOnly(dependency)) return undefined;
  if (target !== undefined) {
    return target === name || room.rooms.includes(target)
      ? undefined
      : `(room ${name}) may not import room ${target}: ${resolved}`;
  }
  if (dependency.couldNotResolve && !matches(module, ['vscode'])) return `imports ${module}, which can't be found`;
  if (matches(module, room.packages)) return undefined;
  if (isTypeOnly(dependency) && matches(module, room.types ?? [])) return undefined;
  return resolved.endsWith('.json') ? undefined : `(room ${name}) may not import the package ${module}`;
}

describe('architecture', function () {
  this.timeout(120_000);
  let modules: ICruiseResult['modules'] = [];

  before(async () => {
    const result = await cruise(
      ['server/src', 'client/src'],
      {
        doNotFollow: { path: 'node_modules' },
        tsPreCompilationDeps: true,
        enhancedResolveOptions: {
          extensions: ['.ts', '.js', '.json'],
          exportsFields: ['exports'],
          conditionNames: ['import', 'require', 'node', 'default', 'types'],
        },
      },
      undefined,
      { tsConfig: extractTSConfig('tsconfig.base.json') },
    );
    assert.ok(typeof result.output === 'object');
    modules = result.output.modules.filter((each) => roomOf(each.source) !== undefined);
  });

  it(`sees at least ${LEAST_MODULES} modules`, () => {
    assert.ok(modules.length >= LEAST_MODULES, `only ${modules.length} were read`);
  });

  it('lets each room import only what the table says', () => {
    const wrong = modules.flatMap((module) =>
      module.dependencies.flatMap((dependency) => {
        const why = objection(module.source, dependency);
        return why === undefined ? [] : [`${module.source} ${why}`];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  it('has no cycles', () => {
    const edges = new Map(
      modules.map((module) => [
        module.source,
        module.dependencies.filter((each) => !isTypeOnly(each) && !each.dynamic).map((each) => each.resolved),
      ]),
    );
    assert.deepEqual(findCycles(edges), []);
  });

  it('loads no SDK on the way to the editor or the command line', () => {
    const byName = new Map(modules.map((module) => [module.source, module]));
    const seen = new Set<string>();
    const open = modules
      .map((each) => each.source)
      .filter((file) => !['live', 'dryrun', 'evidence'].includes(roomOf(file) ?? ''));
    const wrong: string[] = [];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      for (const dependency of byName.get(at)?.dependencies ?? []) {
        if (isTypeOnly(dependency) || dependency.dynamic) continue;
        if (SDKS.test(dependency.module)) wrong.push(`${at} loads ${dependency.module} at once`);
        open.push(dependency.resolved);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('reaches nothing of Node from the server that runs in a browser', () => {
    const byName = new Map(modules.map((module) => [module.source, module]));
    const seen = new Set<string>();
    const open = byName.has(BROWSER_ENTRY) ? [BROWSER_ENTRY] : [];
    const wrong: string[] = [];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      for (const dependency of byName.get(at)?.dependencies ?? []) {
        if (isTypeOnly(dependency)) continue;
        if (dependency.coreModule) wrong.push(`${at} imports ${dependency.module}`);
        const room = roomOf(dependency.resolved);
        if (room !== undefined && ['platform', 'live', 'dryrun', 'cli'].includes(room))
          wrong.push(`${at} imports ${dependency.resolved}`);
        open.push(dependency.resolved);
      }
    }
    assert.deepEqual(wrong, []);
  });
});

function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(name)), name].join(' → '));
      return;
    }
    state.set(name, 'open');
    for (const next of edges.get(name) ?? []) visit(next, [...trail, name]);
    state.set(name, 'done');
  };
  for (const name of edges.keys()) visit(name, []);
  return cycles;
}
