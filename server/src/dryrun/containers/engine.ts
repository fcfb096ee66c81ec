/** Docker or podman, whichever answers: asked, an image had, a container run without a network, and removed again. */
import type { Made, RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { asText } from '../../core/references/read.ts';
import type { RunResult } from '../../core/ports.ts';
import type { EnginePorts } from '../ports.ts';
import { lastWords } from '../tool.ts';

/** A container engine that answered. */
export interface ContainerEngine {
  readonly name: string;
  readonly program: string;
  readonly version: string;
  /** Runs as an ordinary user: ids inside are others than outside. */
  readonly rootless: boolean;
}

const NAMES = ['docker', 'podman'];
const ASK_MS = 20_000;
const PULL_MS = 30 * 60_000;
/** Where the engine is and who we are to it; nothing else of our environment. */
const VARIABLES =
  'DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_CERT_PATH DOCKER_TLS_VERIFY CONTAINER_HOST XDG_RUNTIME_DIR'.split(
    ' ',
  );
const OURS = /^drillbook-[0-9a-f]{12}$/u;

/** Runs the engine's program to its end. */
export async function ask(
  ports: EnginePorts,
  program: string,
  args: readonly string[],
  options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
): Promise<RunResult> {
  const extra: Record<string, string> = {};
  for (const name of VARIABLES) {
    const value = ports.machine.variable(name);
    if (value !== undefined) extra[name] = value;
  }
  return await ports.processes.run(program, args, {
    env: ports.processes.cleanEnvironment(extra),
    timeoutMs: options.timeoutMs ?? ASK_MS,
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** The engine that the sandbox names, else the first that answers. Rejects with what each of them said. */
export async function findEngine(ports: EnginePorts, run: RunContext): Promise<ContainerEngine> {
  const wanted = asText(run.plan.sandbox.raw['runtime']);
  const said: string[] = [];
  for (const name of wanted === undefined ? NAMES : [wanted]) {
    const program = await ports.processes.find(name);
    if (program === undefined) {
      said.push(`${name} is not on PATH`);
      continue;
    }
    // The server's version: a client without its daemon knows its own all the same.
    const format = name === 'docker' ? '{{.Server.Version}}' : '{{.Version.Version}}';
    const answer = await ask(
      ports,
      program,
      name === 'docker' ? ['version', '--format', format] : ['info', '--format', format],
      {
        signal: run.signal,
      },
    );
    const version = answer.stdout.trim();
    if (answer.code === 0 && version !== '')
      return { name, program, version, rootless: await isRootless(ports, run, name, program) };
    said.push(`${name} says "${ports.secrets.redact(lastWords(answer, 1)).slice(0, 200)}"`);
  }
  throw new StageFault(
    'inconclusive',
    `No container engine answers on this machine (${said.join('; ')}): start docker or podman, or restore into another sandbox.`,
    { sandbox: true, code: 'no-binaries' },
  );
}

async function isRootless(ports: EnginePorts, run: RunContext, name: string, program: string): Promise<boolean> {
  const format = name === 'docker' ? '{{.SecurityOptions}}' : '{{.Host.Security.Rootless}}';
  const answer = await ask(ports, program, ['info', '--format', format], { signal: run.signal });
  return /rootless|true/u.test(answer.stdout);
}

/** Makes sure that the image is on the machine; it is pulled only where fetching was agreed to. */
export async function haveImage(
  ports: EnginePorts,
  run: RunContext,
  engine: ContainerEngine,
  image: string,
): Promise<void> {
  const there = await ask(ports, engine.program, ['image', 'inspect', '--format', '{{.Id}}', image], {
    signal: run.signal,
  });
  if (there.code === 0) return;
  const fault = (message: string): StageFault =>
    new StageFault('inconclusive', message, { sandbox: true, code: 'no-binaries' });
  if (!ports.mayFetchPackages)
    throw fault(
      `The image ${image} is not on this machine; ${engine.name} pull ${image}, or let it be pulled: leave out --no-fetch.`,
    );
  const pulled = await ask(ports, engine.program, ['pull', '--quiet', image], {
    signal: run.signal,
    timeoutMs: PULL_MS,
  });
  if (pulled.code !== 0)
    throw fault(
      `The image ${image} can't be pulled: ${engine.name} says "${ports.secrets.redact(lastWords(pulled, 1)).slice(0, 300)}".`,
    );
}

/** Removes a container of ours and looks again. Answers with why it could not. */
export async function removeContainer(
  ports: EnginePorts,
  made: Extract<Made, { kind: 'container' }>,
): Promise<string | undefined> {
  if (!OURS.test(made.name)) return 'its name is not one that a dry run gives';
  await ask(ports, made.program, ['rm', '--force', '--volumes', made.name]);
  const listed = await ask(ports, made.program, [
    'ps',
    '--all',
    '--filter',
    `name=${made.name}`,
    '--format',
    '{{.Names}}',
  ]);
  if (listed.code !== 0) return `it could not be looked for: ${ports.secrets.redact(lastWords(listed, 1))}`;
  return listed.stdout.split(/\s+/u).includes(made.name) ? 'it is still there' : undefined;
}
