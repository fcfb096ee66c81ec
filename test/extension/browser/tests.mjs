/** The browser tests, in a table: a name, a workspace, and what the person does. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  clickLens,
  clearNotifications,
  openFile,
  runCommand,
  setTheme,
  webviewFrame,
  widenSideBar,
} from './person.mjs';
import { violationsIn } from './accessibility.mjs';
import { THEMES } from './themes.mjs';

const FILE = 'orders.runbook.yaml';

/** Looks at the same thing in each theme, and ends in the dark one. */
async function inEveryTheme(page, workbench, look) {
  for (const theme of ['dark', 'light', 'high-contrast']) {
    await setTheme(page, workbench, THEMES[theme]);
    await look(theme);
  }
  await setTheme(page, workbench, THEMES.dark);
}

export const TESTS = [
  {
    name: 'sees drift inline and restores the backup from the lens',
    workspace: { runbooks: [{ seconds: 3 }] },
    async run({ page, workbench, workspace, shot }) {
      await openFile(page, FILE);
      await page.locator('.squiggly-error').first().waitFor();
      await page
        .locator('.codelens-decoration', { hasText: /drifted/i })
        .first()
        .waitFor();
      await page.locator('.statusbar-item', { hasText: /drifted/ }).waitFor();
      await shot('editor-dark');

      const dialog = page.locator('.monaco-dialog-box');
      await clickLens(page, /Dry-run restore/i, dialog);
      const question = await dialog.innerText();
      assert.match(question, /backups/, 'the dialog says what is read from where');
      assert.match(question, /Restores into/, 'and what it is restored into');
      await shot('confirmation-dark');
      await dialog.getByRole('button', { name: 'Start dry run' }).click();
      await page
        .locator('.notification-toast', { hasText: /Dry run of orders-db/ })
        .first()
        .waitFor();
      await shot('progress-dark');

      await page
        .locator('.notification-toast', { hasText: /passed/i })
        .first()
        .waitFor({ timeout: 120_000 });
      const report = await webviewFrame(page);
      await report.getByText('orders came back').first().waitFor();
      await page
        .locator('.codelens-decoration', { hasText: /passed/i })
        .first()
        .waitFor();
      await clearNotifications(page);
      const records = readdirSync(join(workspace.folder, '.drillbook/evidence'), { recursive: true });
      assert.ok(records.length > 0, 'the evidence is on disk');
      const found = [];
      await inEveryTheme(page, workbench, async (theme) => {
        await shot(`report-${theme}`);
        found.push(...(await violationsIn(page)).map((violation) => `${theme}: ${violation}`));
      });
      assert.deepEqual(found, []);
    },
  },
  {
    name: 'stops at the dialog where the person says no',
    async run({ page, workspace }) {
      await openFile(page, FILE);
      const dialog = page.locator('.monaco-dialog-box');
      await clickLens(page, /Dry-run restore/i, dialog);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'hidden' });
      assert.equal(existsSync(join(workspace.folder, '.drillbook/evidence')), false, 'nothing ran');
    },
  },
  {
    name: 'cancels a dry run in its notification',
    workspace: { runbooks: [{ seconds: 60 }] },
    async run({ page }) {
      await openFile(page, FILE);
      const dialog = page.locator('.monaco-dialog-box');
      await clickLens(page, /Dry-run restore/i, dialog);
      await dialog.getByRole('button', { name: 'Start dry run' }).click();
      const toast = page.locator('.notification-toast', { hasText: /Dry run of orders-db/ }).first();
      await toast.getByRole('button', { name: 'Cancel' }).click();
      await page
        .locator('.notification-toast', { hasText: /cancelled/i })
        .first()
        .waitFor();
    },
  },
  {
    name: 'hovers over the drift and reads the live value',
    async run({ page, workbench, shot }) {
      await openFile(page, FILE);
      const squiggle = page.locator('.squiggly-error').first();
      await squiggle.waitFor();
      await squiggle.hover({ force: true });
      const hover = page.locator('.monaco-hover:visible');
      await hover
        .getByText(/drift\/version-major|runs postgres/i)
        .first()
        .waitFor();
      await shot('hover-dark', { keepMouse: true });
      await setTheme(page, workbench, THEMES.light);
      await shot('editor-light');
      await setTheme(page, workbench, THEMES['high-contrast']);
      await shot('editor-high-contrast');
      await setTheme(page, workbench, THEMES.dark);
    },
  },
  {
    name: 'reads the recovery view and the Test Explorer',
    async run({ page, workbench, shot }) {
      await openFile(page, FILE);
      await page
        .locator('.codelens-decoration', { hasText: /Dry-run restore/i })
        .first()
        .waitFor();
      await page
        .locator('.activitybar .action-item', { has: page.locator('[aria-label^="Recovery"]') })
        .first()
        .click({ force: true });
      const rows = page.locator('.pane-body .monaco-list-row');
      await rows.filter({ hasText: 'customer-critical' }).waitFor();
      await rows.filter({ hasText: 'Restore the orders database' }).first().click();
      await page.keyboard.press('ArrowRight');
      await rows.filter({ hasText: 'Payments on-call' }).waitFor();
      await rows.filter({ hasText: 'database/postgres' }).waitFor();
      await widenSideBar(page, 460);
      await inEveryTheme(page, workbench, (theme) => shot(`recovery-view-${theme}`));
      await runCommand(page, 'Testing: Focus on Test Explorer View');
      await page.locator('.test-explorer .monaco-list-row', { hasText: 'Restore the orders database' }).waitFor();
    },
  },
  {
    name: 'reads where all runbooks stand, in every theme, with no barrier',
    async run({ page, workbench, shot }) {
      await openFile(page, FILE);
      await page
        .locator('.codelens-decoration', { hasText: /Dry-run restore/i })
        .first()
        .waitFor();
      await runCommand(page, 'Drillbook: Show readiness report');
      await (
        await webviewFrame(page)
      )
        .getByText(/orders/i)
        .first()
        .waitFor();
      const found = [];
      await inEveryTheme(page, workbench, async (theme) => {
        await shot(`readiness-${theme}`);
        found.push(...(await violationsIn(page)).map((violation) => `${theme}: ${violation}`));
      });
      assert.deepEqual(found, []);
    },
  },
  {
    name: 'runs a dry run from the Test Explorer and sees its stages',
    async run({ page, workbench, shot }) {
      await openFile(page, FILE);
      await runCommand(page, 'Testing: Focus on Test Explorer View');
      const test = page.locator('.test-explorer .monaco-list-row', { hasText: 'Restore the orders database' });
      await test.waitFor();
      await runCommand(page, 'Test: Run All Tests');
      const dialog = page.locator('.monaco-dialog-box');
      await dialog.waitFor();
      await dialog.getByRole('button', { name: 'Start dry run' }).click();
      await page
        .locator('.test-explorer .monaco-list-row .testing-run-icon, .codicon-testing-passed-icon')
        .first()
        .waitFor({ timeout: 60_000 });
      await page
        .locator('.test-explorer .result-summary', { hasText: /1\/1|passed|100/ })
        .first()
        .waitFor({ timeout: 60_000 });
      await test.click();
      await page.keyboard.press('ArrowRight');
      await page.locator('.test-explorer .monaco-list-row', { hasText: 'teardown' }).waitFor();
      await clearNotifications(page);
      await widenSideBar(page, 460);
      await inEveryTheme(page, workbench, (theme) => shot(`test-explorer-${theme}`));
    },
  },
  {
    name: 'opens the walkthrough',
    async run({ page, workbench, shot }) {
      await openFile(page, FILE);
      await page
        .locator('.codelens-decoration', { hasText: /Dry-run restore/i })
        .first()
        .waitFor();
      await runCommand(page, 'Drillbook: Trust your backups this week');
      await page.locator('.getting-started-step', { hasText: 'Time one real restore' }).first().waitFor();
      // The page beside the step.
      await (await webviewFrame(page)).getByText('A backup that has not been restored is a hope').waitFor();
      await inEveryTheme(page, workbench, (theme) => shot(`walkthrough-${theme}`));
    },
  },
];
