/** More of what a person does: new runbooks, hosts, what is due, scenarios, failures, trust, several folders, a reload. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { clickLens, openFile, runCommand, settingsOf, webviewFrame } from './person.mjs';

const FILE = 'orders.runbook.yaml';
const TITLE = 'Restore the orders database';

const inputBox = (page) => page.locator('.quick-input-widget input').first();
const choices = (page) => page.locator('.quick-input-list .monaco-list-row');
const toast = (page, text) => page.locator('.notification-toast', { hasText: text }).first();
const dialogOf = (page) => page.locator('.monaco-dialog-box');
const testRows = (page) => page.locator('.test-explorer .monaco-list-row');

/** Opens a workspace of several folders: now and then the host itself opens it without any, and its file as one of no folder. */
async function openFolders(page, url, folder) {
  for (let attempt = 0; ; attempt += 1) {
    await page.goto(url, { waitUntil: 'commit' });
    try {
      await page.locator('.monaco-breadcrumb-item').first().filter({ hasText: folder }).waitFor({ timeout: 15_000 });
      return;
    } catch (error) {
      if (attempt > 1) throw error;
    }
  }
}

/** A runbook whose backup only the provider can restore: level 4 costs money. */
const LEDGER = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: ledger, title: Restore the ledger }
environment: cloud
resources:
  primary: { kind: aws/rds-instance, id: ledger-prod }
backups:
  own: { of: primary, tool: rds-snapshot, schedule: "0 2 * * *" }
restore: { rpo: 26h, rto: 1h, steps: [{ id: go, manual: Restore the newest snapshot. }] }
dryRuns:
  monthly: { backup: own, level: 4, timeout: 2h, sandbox: { use: away } }
`;
const CLOUD = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: cloud }
aws: { account: "123456789012", regions: [eu-west-1] }
sandboxes:
  away: { kind: cloud, class: db.t4g.medium }
prices:
  asOf: 2026-11-01
  "rds:db.t4g.medium per hour": 0.10 USD
  "rds:storage per GiB month": 0.20 USD
`;

/** Waits until the client runs: the lens is its first sign. */
async function started(page, file = FILE) {
  await openFile(page, file);
  await page
    .locator('.codelens-decoration', { hasText: /Dry-run restore/i })
    .first()
    .waitFor();
}

/** The row of a test with the icon of its result: `passed`, `failed` or `error`. */
const rowWith = (page, title, state) =>
  testRows(page)
    .filter({ hasText: title })
    .filter({ has: page.locator(`.codicon-testing-${state}-icon`) })
    .first();

export const MORE_TESTS = [
  {
    name: 'fills the report again after the window was loaded anew',
    async run({ page }) {
      await started(page);
      await runCommand(page, 'Drillbook: Show readiness report');
      await (await webviewFrame(page)).getByText(TITLE).first().waitFor();
      const reloaded = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
      await runCommand(page, 'Developer: Reload Window');
      await reloaded;
      await page.locator('.monaco-workbench').waitFor();
      await (await webviewFrame(page)).getByText(TITLE).first().waitFor();
    },
  },
  {
    name: 'reads the readiness report in a narrow panel',
    async run({ page, shot }) {
      await page.setViewportSize({ width: 900, height: 900 });
      await started(page);
      await runCommand(page, 'Drillbook: Show readiness report');
      const frame = await webviewFrame(page);
      await frame.getByText(TITLE).first().waitFor();
      const cut = await frame.locator('html').evaluate((element) => element.scrollWidth - element.clientWidth);
      assert.ok(cut <= 1, `nothing is cut off at the side: ${cut} px`);
      await shot('readiness-narrow');
    },
  },
  {
    name: 'writes a first runbook from what is really there',
    workspace: { databases: ['ledger'] },
    async run({ page, shot }) {
      await started(page);
      await runCommand(page, 'Drillbook: New runbook from live infrastructure');
      await choices(page).filter({ hasText: 'production' }).first().click();
      const store = choices(page).filter({ hasText: 'ledger' }).first();
      await store.waitFor({ timeout: 60_000 });
      await shot('new-runbook-dark');
      await store.click();
      await choices(page).filter({ hasText: 'customer-critical' }).first().click();
      await page.locator('.tab.active', { hasText: 'ledger' }).waitFor();
      await page
        .locator('.view-line', { hasText: /id:\sledger/ })
        .first()
        .waitFor();
    },
  },
  {
    name: 'chooses a level and a backup, and is told what each proves',
    async run({ page, shot }) {
      await started(page);
      await runCommand(page, 'Drillbook: Dry-run restore at a level');
      await choices(page).filter({ hasText: 'preflight' }).first().waitFor();
      // It fades in.
      await page.waitForFunction(() => {
        const { document, getComputedStyle } = globalThis;
        return getComputedStyle(document.querySelector('.quick-input-widget')).opacity === '1';
      });
      await shot('levels-dark');
      await choices(page).filter({ hasText: 'preflight' }).first().click();
      await choices(page).filter({ hasText: 'The newest backup' }).first().click();
      await dialogOf(page).getByText('Restores nothing').first().waitFor();
      assert.doesNotMatch(await dialogOf(page).innerText(), /proves that the backup|removes the sandbox/);
      await dialogOf(page).getByRole('button', { name: 'Start dry run' }).click();
      await page
        .locator('.codelens-decoration', { hasText: /last passed just now at level 1.*never restored/ })
        .first()
        .waitFor({ timeout: 60_000 });
    },
  },
  {
    name: 'asks for the most that a level-4 run may cost, with the estimate, before it is confirmed',
    async run({ page, workspace, shot }) {
      writeFileSync(join(workspace.folder, 'runbooks/ledger.runbook.yaml'), LEDGER);
      writeFileSync(join(workspace.folder, 'cloud.environment.yaml'), CLOUD);
      await openFile(page, 'ledger.runbook.yaml');
      await clickLens(page, /Dry-run restore · level 4/, inputBox(page));
      const box = page.locator('.quick-input-widget');
      await box.getByText(/depends on the size of the backup/).waitFor();
      await shot('cost-dark');
      await inputBox(page).fill('twenty');
      await box.getByText('An amount and a currency, such as 20 USD.').waitFor();
      await inputBox(page).fill('20 USD');
      await page.keyboard.press('Enter');
      await dialogOf(page).getByText('May cost up to 20 USD.').waitFor();
      await dialogOf(page).getByRole('button', { name: 'Cancel' }).click();
      await dialogOf(page).waitFor({ state: 'hidden' });
      assert.equal(existsSync(join(workspace.folder, '.drillbook/evidence')), false, 'nothing ran');
    },
  },
  {
    name: 'approves a host only after the question',
    async run({ page, workbench }) {
      await started(page);
      const ask = async () => {
        await runCommand(page, 'Drillbook: Approve a host for live look-ups');
        await inputBox(page).fill('db.example.com');
        await page.keyboard.press('Enter');
        await dialogOf(page).getByText('db.example.com').first().waitFor();
      };
      const file = workbench.machineSettingsFile;
      const hosts = () =>
        existsSync(file) ? (settingsOf({ settingsFile: file })['drillbook.allowedHosts'] ?? []) : [];
      await ask();
      await dialogOf(page).getByRole('button', { name: 'Cancel' }).click();
      await dialogOf(page).waitFor({ state: 'hidden' });
      assert.deepEqual(hosts(), []);
      await ask();
      await dialogOf(page).getByRole('button', { name: 'Approve' }).click();
      await dialogOf(page).waitFor({ state: 'hidden' });
      for (const end = Date.now() + 10_000; hosts().length === 0 && Date.now() < end;) await page.waitForTimeout(100);
      assert.deepEqual(hosts(), ['db.example.com']);
    },
  },
  {
    name: 'runs what is due, and then nothing is',
    async run({ page }) {
      await started(page);
      await runCommand(page, 'Drillbook: Dry-run what is due');
      await dialogOf(page).getByRole('button', { name: 'Start dry run' }).click();
      await runCommand(page, 'Testing: Focus on Test Explorer View');
      await rowWith(page, TITLE, 'passed').waitFor({ timeout: 90_000 });
      await runCommand(page, 'Drillbook: Dry-run what is due');
      await toast(page, 'No dry run is due').waitFor();
    },
  },
  {
    name: 'runs a scenario as a child of its runbook',
    workspace: { runbooks: [{ scenarios: ['role-denied'] }] },
    async run({ page, shot }) {
      await started(page);
      await runCommand(page, 'Testing: Focus on Test Explorer View');
      const runbook = testRows(page).filter({ hasText: TITLE });
      await runbook.click();
      await page.keyboard.press('ArrowRight');
      // Before it ever ran: its steps are there to be read.
      await testRows(page).filter({ hasText: 'teardown' }).waitFor();
      const child = testRows(page).filter({ hasText: 'role-denied' });
      await child.click();
      await child.hover();
      await child.locator('.action-label.codicon-testing-run-icon').first().click();
      await dialogOf(page).getByRole('button', { name: 'Start dry run' }).click();
      await child
        .filter({
          has: page.locator('.codicon-testing-passed-icon, .codicon-testing-failed-icon, .codicon-testing-error-icon'),
        })
        .first()
        .waitFor({ timeout: 90_000 });
      await shot('scenario-dark');
    },
  },
  {
    name: 're-runs what failed, with the message at the failing line',
    workspace: { runbooks: [{ check: '>=1000000' }] },
    async run({ page, workspace, shot }) {
      await started(page);
      await runCommand(page, 'Testing: Focus on Test Explorer View');
      await testRows(page).filter({ hasText: TITLE }).waitFor();
      await runCommand(page, 'Test: Run All Tests');
      await dialogOf(page).getByRole('button', { name: 'Start dry run' }).click();
      await rowWith(page, TITLE, 'failed').waitFor({ timeout: 90_000 });
      await shot('rerun-dark');
      const file = join(workspace.folder, 'runbooks', FILE);
      writeFileSync(file, readFileSync(file, 'utf8').replace('>=1000000', '>=1000'));
      await runCommand(page, 'Test: Rerun Failed Tests');
      await dialogOf(page).getByRole('button', { name: 'Start dry run' }).click();
      await rowWith(page, TITLE, 'passed').waitFor({ timeout: 90_000 });
    },
  },
  {
    name: 'looks up what is there once trust is granted, with no reload',
    trust: false,
    async run({ page }) {
      await started(page);
      await page
        .locator('.statusbar-item', { hasText: /Restricted Mode/ })
        .first()
        .waitFor();
      await runCommand(page, 'Workspaces: Manage Workspace Trust');
      await page.getByRole('button', { name: 'Trust', exact: true }).first().click();
      await page.locator('.statusbar-item', { hasText: /drifted/ }).waitFor();
    },
  },
  {
    name: 'shows the runbooks of several folders',
    folders: true,
    async run({ page, workbench, workspace, other }) {
      const file = join(dirname(workspace.folder), `${basename(workspace.folder)}.code-workspace`);
      writeFileSync(file, JSON.stringify({ folders: [{ path: workspace.folder }, { path: other.folder }] }));
      try {
        // By its address: the index behind quick open may take its time over several folders.
        const runbook = workbench.remote(join(workspace.folder, 'runbooks', FILE));
        await openFolders(page, workbench.workspaceUrl(file, [['openFile', runbook]]), basename(workspace.folder));
        await page
          .locator('.codelens-decoration', { hasText: /Dry-run restore/i })
          .first()
          .waitFor();
        await runCommand(page, 'Testing: Focus on Test Explorer View');
        await testRows(page).filter({ hasText: TITLE }).waitFor();
        await testRows(page).filter({ hasText: 'Restore the invoices database' }).waitFor();
      } finally {
        rmSync(file, { force: true });
      }
    },
  },
];
