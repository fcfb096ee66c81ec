/** What the person's own variables say evidence and messages are signed with: a key file, or a key of their SSH agent. */
import * as path from 'node:path';
import type { Signer } from '../evidence/sign.ts';
import { homeFolder } from '../platform/home.ts';
import { Failure, type CommandContext } from './command.ts';

export const SIGNING_FILE = 'DRILLBOOK_SIGNING_KEY_FILE';
export const SIGNING_AGENT = 'DRILLBOOK_SIGNING_AGENT_KEY';
const WINDOWS_AGENT = String.raw`\\.\pipe\openssh-ssh-agent`;

/** Undefined where nothing asks for signatures. @throws Failure where something does and it can't be done: before a run, not after it. */
export async function openSigner(context: CommandContext): Promise<Signer | undefined> {
  const { machine, trusted } = context.dependencies;
  const [file, agent] = [set(machine.variable(SIGNING_FILE)), set(machine.variable(SIGNING_AGENT))];
  if (file === undefined && agent === undefined) return undefined;
  if (!trusted) {
    context.terminal.note('Not signed: no key is read and no agent is asked in an untrusted workspace.');
    return undefined;
  }
  if (file !== undefined && agent !== undefined)
    throw new Failure(
      `${SIGNING_FILE} and ${SIGNING_AGENT} are both set: evidence has one signature, unset one of them.`,
    );
  return file === undefined ? await byAgent(context, agent ?? '') : await byFile(context, file);
}

async function byFile(context: CommandContext, file: string): Promise<Signer> {
  const pem = await context.dependencies.secrets.read({ file });
  if (pem === undefined)
    throw new Failure(
      `The signing key ${file} is not there, or can't be read: set ${SIGNING_FILE} to an existing file.`,
    );
  const { keySigner } = await import('../evidence/sign.ts');
  try {
    return keySigner(pem);
  } catch (error) {
    throw new Failure(
      `Evidence can't be signed with ${file}: ${error instanceof Error ? error.message : String(error)}; ${SIGNING_FILE} names an Ed25519 private key in PEM.`,
    );
  }
}

async function byAgent(context: CommandContext, wanted: string): Promise<Signer> {
  const { files, machine } = context.dependencies;
  const socket = set(machine.variable('SSH_AUTH_SOCK')) ?? (machine.platform === 'win32' ? WINDOWS_AGENT : undefined);
  if (socket === undefined)
    throw new Failure(
      `${SIGNING_AGENT} names a key of an SSH agent, and SSH_AUTH_SOCK is not set: start one (ssh-agent) and add the key (ssh-add).`,
    );
  const publicFile = wanted.endsWith('.pub')
    ? await files.readText(path.resolve(context.cwd, wanted.replace(/^~(?=\/)/u, homeFolder()))).catch(() => undefined)
    : undefined;
  const [{ agentSigner }, { createLocalSockets }] = await Promise.all([
    import('../evidence/sshAgent.ts'),
    import('../platform/localSockets.ts'),
  ]);
  try {
    return await agentSigner({ sockets: createLocalSockets(), path: socket }, publicFile ?? wanted);
  } catch (error) {
    throw new Failure(`Evidence can't be signed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A variable that is set to nothing is not set. */
function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
