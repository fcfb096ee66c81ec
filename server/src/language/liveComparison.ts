/** What a runbook says of its resources and what is there, as two YAML texts of one shape for a side-by-side diff. */
import { asMap, asText, dig } from '../core/references/read.ts';
import { resourcesOf } from '../core/references/effective.ts';
import type { LanguageContext, LiveResource } from './context.ts';
import { flowYaml } from './markdown.ts';
import type { LiveComparisonResult } from '../protocol.ts';

/** Of one resource by its name, or of all; undefined where the file holds no runbook with resources. */
export function liveComparison(
  context: LanguageContext,
  resource: string | undefined,
): LiveComparisonResult | undefined {
  const declared: string[] = [];
  const live: string[] = [];
  const times: string[] = [];
  let title = '';
  for (const entry of context.entries) {
    if (entry.kind !== 'Runbook') continue;
    const seen = context.live.resourcesOf(context.file).filter((each) => each.document === entry.document.index);
    for (const each of resourcesOf(entry, context.workspace)) {
      const { name } = each;
      if (name === undefined || (resource !== undefined && name !== resource)) continue;
      title = resource ?? entry.name ?? context.file;
      const head = [`${name}:`, `  kind: ${each.kind}`, `  id: ${flowYaml(each.id ?? '')}`];
      const found = seen.find((one) => one.name === name);
      const where = ['region', 'account'].flatMap((key) => {
        const value = asText(dig(entry.document.value, 'resources', name, key));
        return value === undefined ? [] : [{ key, value }];
      });
      declared.push(...head, ...where.map(({ key, value }) => `  ${key}: ${flowYaml(value)}`));
      live.push(
        ...head,
        ...where.map(({ key, value }) =>
          whereLive(key, key === 'account' ? (each.accountId ?? value) : value, value, found),
        ),
      );
      const expected = Object.entries(asMap(each.expect));
      if (expected.length > 0) {
        declared.push('  expect:', ...expected.map(([key, value]) => `    ${key}: ${flowYaml(value)}`));
        live.push('  expect:', ...expected.map(([key]) => factLive(key, found)));
      }
      if (found) times.push(found.observation.at);
      if (found?.observation.state === 'absent') live.push('  # not there');
    }
  }
  if (title === '') return undefined;
  const checkedAt = times.sort()[0];
  return {
    title: `${title}: runbook ↔ live`,
    declared: `${declared.join('\n')}\n`,
    live: `${live.join('\n')}\n`,
    ...(checkedAt === undefined ? {} : { checkedAt }),
  };
}

function whereLive(key: string, comparable: string, declared: string, found: LiveResource | undefined): string {
  const { observation } = found ?? {};
  const seen = observation && key in observation ? observation[key as 'region' | 'account'] : undefined;
  if (seen === undefined) return `  # ${key}: not checked`;
  return `  ${key}: ${flowYaml(seen === comparable ? declared : seen)}`;
}

function factLive(key: string, found: LiveResource | undefined): string {
  if (!found) return `    # ${key}: not looked up yet`;
  const { observation } = found;
  if (observation.state === 'absent') return `    # ${key}: not there`;
  if (observation.state === 'unknown') return `    # ${key}: not checked: ${oneLine(observation.unknown.detail)}`;
  const fact = Object.hasOwn(observation.facts, key) ? observation.facts[key] : undefined;
  if (!fact) return `    # ${key}: not looked up`;
  return 'value' in fact
    ? `    ${key}: ${flowYaml(fact.value)}`
    : `    # ${key}: not checked: ${oneLine(fact.unknown.detail)}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ');
}
