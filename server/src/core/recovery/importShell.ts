/** What of a Markdown code block is a command to run: by its language, its prompts, or how it begins. */
import type { MarkdownBlock } from './markdownBlocks.ts';

const SHELL = ['sh', 'bash', 'shell', 'zsh', 'console', 'shell-session', 'shellsession', 'terminal'];

/** The commands of a shell block; prompts go, and what the commands printed stays as comments. Undefined where it is no shell. */
export function shellOf(block: MarkdownBlock & { readonly kind: 'code' }): string | undefined {
  const prompted = /^\s*(?:[\w@.~:/-]*[$#%]|\$)\s+\S/mu;
  const session =
    block.language.includes('console') ||
    block.language.includes('session') ||
    block.language === 'terminal' ||
    (/^\s*\$ /mu.test(block.text) && !/^\s*(?:if|for|while)\b/mu.test(block.text));
  if (block.language !== '' && !SHELL.includes(block.language)) return undefined;
  if (block.language === '' && !session && !looksLikeShell(block.text)) return undefined;
  if (!session || !prompted.test(block.text)) return block.text;
  let continued = false;
  return block.text
    .split('\n')
    .map((line) => {
      const command =
        /^\s*(?:[\w@.~:/-]*[$#%]|\$)\s+(.*)$/u.exec(line)?.[1] ??
        (continued ? line.replace(/^\s*>\s?/u, '') : undefined);
      continued = command?.endsWith('\\') === true;
      return command ?? (line.trim() === '' ? '' : `# ${line}`);
    })
    .join('\n');
}

function looksLikeShell(text: string): boolean {
  return /^\s*(?:sudo|aws|gcloud|az|kubectl|helm|psql|pg_\w+|createdb|dropdb|mysql\w*|mariadb\w*|mongo\w*|redis-cli|restic|borg|barman|pgbackrest|systemctl|service|docker|podman|terraform|ssh|scp|rsync|tar|gunzip|zcat|gzip|curl|wget|cp|mv|mkdir|cd|export|\.\/\S+)\b/mu.test(
    text,
  );
}
