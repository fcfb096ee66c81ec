/** What a person does in the workbench: open a file, run a command, switch the theme, click a lens. */
import { readFileSync } from 'node:fs';

/** Opens a file by its name, with the keyboard. */
export async function openFile(page, name) {
  await page.locator('.monaco-workbench .part.editor').waitFor();
  for (let attempt = 0; ; attempt += 1) {
    await page.keyboard.press('ControlOrMeta+p');
    const input = page.locator('.quick-input-widget input').first();
    await input.fill(name);
    try {
      await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor({ timeout: 5000 });
      await page.keyboard.press('Enter');
      await page.locator('.tab.active', { hasText: name }).waitFor({ timeout: 5000 });
      return;
    } catch (error) {
      // The index of files may not be there yet.
      if (attempt > 4) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Runs a command from the palette by its title; a command that isn't there yet is looked for again. */
export async function runCommand(page, title) {
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  for (let attempt = 0; ; attempt += 1) {
    await page.keyboard.press('F1');
    const input = page.locator('.quick-input-widget input').first();
    try {
      // A page that takes the focus meanwhile closes the palette.
      await input.fill(`>${title}`, { timeout: 5000 });
      await row.waitFor({ timeout: 5000 });
      await row.click({ timeout: 5000 });
      return;
    } catch (error) {
      if (attempt > 3) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Clicks a lens; a lens that is drawn anew under the mouse is clicked again until `done` is seen. */
export async function clickLens(page, title, done) {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const lens = page.locator('.codelens-decoration a', { hasText: title }).first();
    await lens.waitFor();
    await lens.click({ timeout: 5000 }).catch(() => undefined);
    try {
      await done.waitFor({ timeout: 6000 });
      return;
    } catch {
      // Again.
    }
  }
  await done.waitFor({ timeout: 6000 });
}

/** The person's settings; none while they are being written. */
export function settingsOf(workbench) {
  const text = readFileSync(workbench.settingsFile, 'utf8');
  return text.trim() === '' ? {} : JSON.parse(text);
}

/** Switches the colour theme, and waits until the person's settings say so: a preview alone is taken back. */
export async function setTheme(page, workbench, workbenchTheme) {
  await runCommand(page, 'Preferences: Color Theme');
  const input = page.locator('.quick-input-widget input').first();
  await input.fill(workbenchTheme);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: workbenchTheme }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  const wanted = KEPT_AS[workbenchTheme] ?? workbenchTheme;
  const kept = () => settingsOf(workbench)['workbench.colorTheme'];
  for (const end = Date.now() + 10_000; kept() !== wanted;) {
    if (Date.now() > end) throw new Error(`The theme is ${kept()}, not ${wanted}.`);
    await page.waitForTimeout(50);
  }
  await page.locator(`.monaco-workbench.${CLASS_OF[workbenchTheme]}`).waitFor();
}

/** What the settings call a theme, where it isn't what people see. */
const KEPT_AS = { 'Dark High Contrast': 'Default High Contrast' };

/** The class that the workbench carries in a theme. */
const CLASS_OF = { 'Light Modern': 'vs', 'Dark Modern': 'vs-dark', 'Dark High Contrast': 'hc-black' };

/** The frame of the newest webview, with the page inside. */
export async function webviewFrame(page) {
  const outer = page.frameLocator('iframe.webview.ready').last();
  const inner = outer.frameLocator('iframe#active-frame');
  await inner.locator('body').waitFor();
  return inner;
}

/** Closes notifications, so that pictures show what they are about. */
export async function clearNotifications(page) {
  await runCommand(page, 'Notifications: Clear All Notifications');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** Drags the edge of the side bar, so that what its rows say is not cut off. */
export async function widenSideBar(page, width) {
  const box = await page.locator('.part.sidebar').boundingBox();
  const edge = box.x + box.width;
  await page.mouse.move(edge, 300);
  await page.mouse.down();
  await page.mouse.move(box.x + width, 300, { steps: 5 });
  await page.mouse.up();
}
