/** The list of all findings for docs/rules/README.md, from the catalogue; `npx tsx test/support/ruleIndex.ts` writes it. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AREAS, CATALOGUE, type Area } from '../../server/src/core/rules/catalogue.ts';

const WORDS: Readonly<Record<Area, string>> = {
  syntax: 'The text is not YAML that can be read.',
  schema: 'A key or a value is not one that the document may have.',
  reference: 'A name means nothing, or two things.',
  policy: 'The runbook does less than its data class asks for.',
  practice: 'What practice has learnt against. Each is an opinion that a policy can raise or switch off.',
  drift: 'Live infrastructure contradicts the runbook.',
  unchecked: 'Something could not be looked up: neither clean nor drift.',
  evidence: 'What past runs say, or fail to say.',
};

/** The page, Markdown. */
export function ruleIndex(): string {
  const sections = AREAS.map((area) => {
    const rows = CATALOGUE.filter((row) => row.code.startsWith(`${area}/`)).sort((one, other) =>
      one.code < other.code ? -1 : 1,
    );
    const lines = rows.map((row) => `| [${row.code}](${row.code}.md) | ${row.severity} | ${row.title} |`);
    return [
      `## ${area}`,
      '',
      WORDS[area],
      '',
      '| finding | default | what it says |',
      '| --- | --- | --- |',
      ...lines,
    ].join('\n');
  });
  return `# Findings\n\nEvery finding has a stable code, a severity that a policy can change (all but \`unchecked\`), and a page. This list is\nwritten by \`npx tsx test/support/ruleIndex.ts\`.\n\n${sections.join('\n\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../../docs/rules/README.md', import.meta.url), ruleIndex());
}
