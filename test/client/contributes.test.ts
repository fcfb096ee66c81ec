/** What package.json promises VS Code: each part is there, answered, and exercised by a test of the extension. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMAND_IDS } from '../../client/src/commands/ids.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

interface Menu {
  readonly command: string;
  readonly when?: string;
}
interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly scope: string;
  readonly markdownDescription: string;
}
interface Manifest {
  readonly extensionKind: readonly string[];
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly Menu[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly languages: readonly { readonly id: string; readonly icon: Readonly<Record<string, string>> }[];
    readonly snippets: readonly { readonly path: string }[];
    readonly walkthroughs: readonly {
      readonly id: string;
      readonly steps: readonly {
        readonly title: string;
        readonly description: string;
        readonly media: { readonly markdown: string };
      }[];
    }[];
  };
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs)$/u.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

const tests = filesBelow(join(root, 'test/extension')).join('\n');
const client = filesBelow(join(root, 'client/src')).join('\n');
const settings = Object.entries(contributes.configuration.properties);

describe('the manifest of the extension', () => {
  it('names the commands that the client answers, and no others', () => {
    const named = contributes.commands.map(({ command }) => command);
    assert.deepEqual([...named].sort(), [...COMMAND_IDS].sort());
  });

  for (const { command, title } of contributes.commands) {
    it(`has a test of the extension that runs ${command}`, () => {
      const byTitle = `Drillbook: ${title.replace(/…$/u, '')}`;
      assert.ok(
        tests.includes(`'${command}'`) || tests.includes(byTitle),
        `no file below test/extension has '${command}' or "${byTitle}"`,
      );
    });
  }

  for (const [name, setting] of settings) {
    it(`documents, validates and tests the setting ${name}`, () => {
      assert.ok(setting.markdownDescription.length > 20);
      assert.notEqual(setting.default, undefined);
      assert.ok(tests.includes(name), `no file below test/extension has ${name}`);
      assert.ok(readFileSync(join(root, 'docs/editor.md'), 'utf8').includes(name), 'docs/editor.md tells of it');
    });
  }

  it('keeps hosts and paths out of a workspace’s hands, and what starts look-ups out of an untrusted one’s', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const properties = contributes.configuration.properties;
    for (const name of ['drillbook.allowedHosts', 'drillbook.tools.path']) {
      assert.equal(properties[name]?.scope, 'machine', name);
      assert.ok(restrictedConfigurations.includes(name), name);
    }
    for (const name of ['drillbook.live.onOpen', 'drillbook.live.refreshMinutes']) {
      assert.ok(restrictedConfigurations.includes(name), name);
    }
    for (const name of restrictedConfigurations) assert.ok(properties[name] !== undefined, name);
  });

  it('puts only commands into menus that it has, on rows that the views make', () => {
    const known = new Set(contributes.commands.map(({ command }) => command));
    const views = new Set(Object.values(contributes.views).flatMap((each) => each.map(({ id }) => id)));
    for (const menus of Object.values(contributes.menus)) {
      for (const { command, when = '' } of menus) {
        assert.ok(known.has(command), command);
        const view = /view == ([\w.]+)/u.exec(when)?.[1];
        if (view !== undefined) assert.ok(views.has(view), view);
        const rows = /viewItem (?:==|=~) (?:\/\^\(?)?([\w|]+)/u.exec(when)?.[1]?.split('|') ?? [];
        for (const row of rows) assert.match(client, new RegExp(`contextValue: [\`']${row}`), `a row ${row} is made`);
      }
    }
  });

  it('welcomes people in each view with commands that it has', () => {
    for (const { contents } of contributes.viewsWelcome) {
      const linked = [...contents.matchAll(/\(command:([\w.]+)\)/gu)].map((match) => match[1] ?? '');
      assert.ok(linked.length > 0);
      for (const command of linked) assert.ok(COMMAND_IDS.includes(command), command);
    }
  });

  it('walks through three experiments whose buttons and pages are there', () => {
    const steps = contributes.walkthroughs.flatMap((each) => each.steps);
    assert.equal(steps.length, 3);
    for (const { title, description, media } of steps) {
      assert.ok(title.length <= 30, `‘${title}’ is cut off in a window of ordinary width`);
      assert.ok(existsSync(join(root, media.markdown)), media.markdown);
      for (const [, command = ''] of description.matchAll(/\(command:([\w.]+)\)/gu)) {
        assert.ok(COMMAND_IDS.includes(command) || command.startsWith('workbench.'), command);
      }
    }
  });

  it('has the icons, grammars and snippets that it names', () => {
    for (const path of [
      ...contributes.languages.flatMap(({ icon }) => Object.values(icon)),
      ...contributes.snippets.map((each) => each.path),
    ]) {
      assert.ok(existsSync(join(root, path)), path);
    }
  });

  it('runs where the workspace is (over SSH, in WSL, in a container), and in the browser where there is no machine', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
  });

  it('wakes only for documents, views and reports of its own, and for YAML that may be ours', () => {
    assert.deepEqual(
      manifest.activationEvents.filter(
        (event) => !/^(onLanguage:(drillbook|yaml)|onWebviewPanel:drillbook\.)/u.test(event),
      ),
      ['workspaceContains:**/*.runbook.{yaml,yml}'],
    );
  });
});
