/** `drillbook evidence report`: a record as a page for people. */
import { UsageError, type CommandContext, type ExitStatus } from './command.ts';
import { currentRoot, recordNamed } from './evidenceRoot.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import { renderPage } from './reportPage.ts';

export async function run(context: CommandContext): Promise<ExitStatus> {
  const outputs = parseOutputs(context, ['markdown', 'html', 'json'], 'markdown');
  if (context.operands.length > 2) throw new UsageError('drillbook evidence report takes one id.', 'evidence');
  const record = await recordNamed(context, context.operands[1] ?? 'latest');
  const root = await currentRoot(context);
  await writeOutputs(context, outputs, async (format) =>
    format === 'json' ? `${JSON.stringify(record, undefined, 2)}\n` : await renderPage(context, root, record, format),
  );
  return 0;
}
