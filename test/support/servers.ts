/** Real servers for the tests that need them: a missing one fails the suite, naming what to install. */
import { setUpMoto, startMoto, type RunningMoto } from '../../scripts/services/moto.mjs';
import {
  embeddedPostgres,
  findPostgres,
  startPostgres,
  type RunningPostgres,
  type StartOptions,
} from '../../scripts/services/postgres.mjs';

export type { RunningMoto, RunningPostgres };

/** A private Postgres of the newest major that the machine has, with client tools where there are any. */
export async function startTestPostgres(options: StartOptions = {}): Promise<RunningPostgres> {
  const found = findPostgres();
  return await startPostgres(
    found.find((each) => each.hasClientTools) ?? found[0] ?? (await embeddedPostgres()),
    options,
  );
}

/** An emulated AWS with nothing in it. */
export async function startTestMoto(): Promise<RunningMoto> {
  const server = await setUpMoto();
  if (server === undefined) throw new Error('These tests need Python 3 for the emulated AWS (moto): install python3.');
  return await startMoto(server);
}

/** Started before the tests of the suite that this is called in, stopped after them. */
export function usePostgres(options: StartOptions = {}): () => RunningPostgres {
  let server: RunningPostgres | undefined;
  before(async function () {
    this.timeout(120_000);
    server = await startTestPostgres(options);
  });
  after(async function () {
    this.timeout(30_000);
    await server?.stop();
  });
  return () => {
    if (server === undefined) throw new Error('Postgres is there only while the tests run.');
    return server;
  };
}

/** The same for the emulated AWS. */
export function useMoto(): () => RunningMoto {
  let server: RunningMoto | undefined;
  before(async function () {
    this.timeout(300_000);
    server = await startTestMoto();
  });
  after(async function () {
    this.timeout(30_000);
    await server?.stop();
  });
  return () => {
    if (server === undefined) throw new Error('The emulated AWS is there only while the tests run.');
    return server;
  };
}
