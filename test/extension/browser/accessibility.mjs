/** axe on the page of a webview, as the workbench drew it in the theme of the moment. */
import { readFileSync } from 'node:fs';
import { setUpEditorHost } from '../../../scripts/setup/editor-host.mjs';
import { webviewFrame } from './person.mjs';

/**
 * Violations in the newest webview, one line each. A webview of ours runs no script, so its page is looked at in a page
 * of its own: the same document, with the theme's colours that the workbench put on its root.
 */
export async function violationsIn(page) {
  const drawn = await (await webviewFrame(page)).locator('html').evaluate((element) => element.outerHTML);
  const html = `<!DOCTYPE html>${drawn.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/g, '')}`;
  const copy = await page.context().browser().newPage();
  try {
    await copy.setContent(html);
    await copy.addScriptTag({ content: readFileSync(setUpEditorHost().axe, 'utf8') });
    const { violations } = await copy.evaluate(() => globalThis.axe.run());
    return violations.flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\s+/g, ' ')}`,
      ),
    );
  } finally {
    await copy.close();
  }
}
