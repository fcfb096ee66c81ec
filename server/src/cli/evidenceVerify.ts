/** `drillbook evidence verify`: the chains held against themselves, and against what the last commit remembers of them. */
import * as path from 'node:path';
import { anchorOf, verifyJournal, type Anchor } from '../evidence/verify.ts';
import { isEd25519Key } from '../evidence/sign.ts';
import { Failure, UsageError, type CommandContext, type ExitStatus } from './command.ts';
import { bucketHeads } from './evidenceMirror.ts';
import { currentRoot } from './evidenceRoot.ts';
import { evidenceFolder } from './evidenceSummary.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import { counted, paint } from './style.ts';
import { selectWorkspaces } from './workspace.ts';

export async function run(context: CommandContext): Promise<ExitStatus> {
  const outputs = parseOutputs(context, ['text', 'json'], 'text');
  const root = await currentRoot(context);
  const folder = evidenceFolder(root);
  const { files } = context.dependencies;
  const remembered = await bucketMemory(context, root);
  const anchors = [...(await committedHeads(context, root)), ...remembered.anchors];
  if ((await files.info(folder)) === undefined && anchors.length === 0) {
    throw new Failure(`there is no evidence to verify in ${folder}.`);
  }
  const verified = await verifyJournal(files, folder, anchors, await trustedKey(context));
  const result = { ...verified, notes: [...remembered.notes, ...verified.notes] };
  await writeOutputs(context, outputs, (format, toTerminal) => {
    if (format === 'json') return `${JSON.stringify({ version: 1, ...result }, undefined, 2)}\n`;
    const style = paint(toTerminal && context.terminal.color);
    const lines = result.problems.map((problem) => `${style.error('✖')} ${problem.message}`);
    lines.push(...result.notes.map((note) => `${style.warning('▲')} ${note}`));
    const what = `${counted(result.records, 'record')} in ${counted(result.chains.length, 'chain')}`;
    lines.push(
      result.ok
        ? `${style.good('✔')} ${what}: every hash fits.`
        : `${counted(result.problems.length, 'problem')} in ${what}.`,
    );
    return `${lines.join('\n')}\n`;
  });
  return result.ok ? 0 : 1;
}

/** The key that records have to be signed by, kept outside of what it vouches for. */
async function trustedKey({ values, dependencies, cwd }: CommandContext): Promise<string | undefined> {
  const file = values.text('key');
  if (file === undefined) return undefined;
  const text = await dependencies.files.readText(path.resolve(cwd, file)).catch(() => undefined);
  if (text === undefined || !isEd25519Key(text))
    throw new UsageError(`--key: ${file} is no Ed25519 public key, in PEM or as a .pub file.`, 'evidence');
  return text;
}

/** The heads that the policies' buckets hold; a folder without documents has none. */
async function bucketMemory(context: CommandContext, root: string): ReturnType<typeof bucketHeads> {
  const selections = await selectWorkspaces(context, []);
  const { workspace } = selections.find((each) => each.root === root) ?? {};
  return workspace ? await bucketHeads(context, root, workspace) : { anchors: [], notes: [] };
}

/** The heads that the commit holds: a chain that is shorter, or another, was cut or rewritten since. */
async function committedHeads(context: CommandContext, root: string): Promise<readonly Anchor[]> {
  const { git, files, trusted } = context.dependencies;
  const commit = trusted ? await git.headCommit(root) : undefined;
  if (commit === undefined) return [];
  const folder = '.drillbook/evidence';
  const listed =
    (await git.filesAt(root, commit, folder)) ??
    (await files.list(evidenceFolder(root)).catch(() => [])).map((name) => `${folder}/${name}`);
  const anchors: Anchor[] = [];
  for (const file of listed.filter((name) => name.endsWith('.jsonl'))) {
    const text = await git.textAt(root, commit, file);
    const anchor = text === undefined ? undefined : anchorOf(text, `commit ${commit.slice(0, 12)}`);
    if (anchor !== undefined) anchors.push(anchor);
  }
  return anchors;
}
