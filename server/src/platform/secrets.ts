/** Secrets by reference: read from a variable or a file when needed, and known to the redactor from then on. */
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { Secrets } from '../core/ports.ts';
import { homeFolder } from './home.ts';
import { createRedactor } from './redactor.ts';

export interface SecretsOptions {
  /** In an untrusted workspace nothing is read: every reference resolves to undefined. */
  readonly trusted: () => boolean;
  readonly environment?: NodeJS.ProcessEnv;
  /** Where a relative `file` starts. */
  readonly folder: string;
}

export function createSecrets(options: SecretsOptions): Secrets {
  const redactor = createRedactor();
  const environment = options.environment ?? process.env;
  return {
    read: async (reference) => {
      if (!options.trusted()) return undefined;
      const value =
        reference.env !== undefined
          ? environment[reference.env]
          : reference.file === undefined
            ? undefined
            : await readSecretFile(options.folder, reference.file);
      if (value === undefined || value === '') return undefined;
      redactor.register(value);
      return value;
    },
    conceal: (value) => redactor.register(value),
    redact: (text) => redactor.redact(text),
  };
}

/** Without the line end that every editor leaves. A file that can't be read is a secret that is not there. */
async function readSecretFile(folder: string, file: string): Promise<string | undefined> {
  const home = file.startsWith('~/') ? path.join(homeFolder(), file.slice(2)) : file;
  try {
    return (await readFile(path.resolve(folder, home), 'utf8')).replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
