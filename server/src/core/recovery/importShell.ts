/** What of a Markdown code block is a command to run: by its language, its prompts, or how it begins. */
import type { MarkdownBlock } from './markdownBlocks.ts';

const SHELL = ['sh', 'bash', 'shell', 'zsh', 'console', 'shell-session', 'shellsession', 'terminal'];

/** The commands of a shell block; prompts go, and what the commands printed stays as comments. Undefined where it is no shell. */
export function shellOf(block: MarkdownBlock & { readonly kind: 'code' }): string | undefined {
  const session =
    block.language.includes('console') ||
    block.language.includes('session') ||
    block.language === 'terminal' ||
    ((PERSON.test(block.text) || DOLLAR.test(block.text)) && !/^[ \t]*(?:if|for|while)\b/mu.test(block.text));
  if (block.language !== '' && !SHELL.includes(block.language)) return undefined;
  if (block.language === '' && !session && !looksLikeShell(block.text)) return undefined;
  // Beside prompts that tell more a hash begins a comment; where there are no others it is root's.
  const prompt = PERSON.test(block.text) || DOLLAR.test(block.text) ? PROMPT : ROOT;
  if (!session || !block.text.split('\n').some((line) => prompt.test(line))) return block.text;
  let continued = false;
  return block.text
    .split('\n')
    .map((line) => {
      const command = prompt.exec(line)?.[1] ?? (continued ? line.replace(/^\s*>\s?/u, '') : undefined);
      continued = command?.endsWith('\\') === true;
      return command ?? (line.trim() === '' || /^\s*#/u.test(line) ? line.trim() : `# ${line}`);
    })
    .join('\n');
}

/** `$ ls` */
const DOLLAR = /^[ \t]*\$[ \t]+\S/mu;
/** `ada@db1:~$ ls`, `[ada@db1 ~]# ls` */
const PERSON = /^[ \t]*(?:\[[\w.-]+@[\w.-]+[^\]\n]{0,80}\]|[\w.-]+@[\w.-]+[\w.~:/-]{0,80})[$#%][ \t]+\S/mu;
const PROMPT =
  /^\s*(?:(?:\[[\w.-]+@[\w.-]+[^\]\n]{0,80}\]|[\w.-]+@[\w.-]+[\w.~:/-]{0,80})[$#%]|[\w.~:/-]{0,80}[$%])\s+(.*)$/u;
const ROOT = /^\s*[\w@.~:/-]*[$#%]\s+(.*)$/u;

function looksLikeShell(text: string): boolean {
  return /^[ \t]*(?:sudo|aws|gcloud|az|kubectl|helm|psql|pg_\w+|createdb|dropdb|mysql\w*|mariadb\w*|mongo\w*|redis-cli|restic|borg|barman|pgbackrest|systemctl|service|docker|podman|terraform|ssh|scp|rsync|tar|gunzip|zcat|gzip|curl|wget|cp|mv|mkdir|cd|export|\.\/\S+)\b/mu.test(
    text,
  );
}
