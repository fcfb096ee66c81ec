/** Last-known answers: one flight for many, a time to live, and two windows on one store. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LookupRequest, Observation } from '../../server/src/core/drift/observation.ts';
import type { Cache, Clock } from '../../server/src/core/ports.ts';
import { environmentsOf } from '../../server/src/core/drift/environments.ts';
import { createLookupCache } from '../../server/src/live/cache.ts';
import { createLookup } from '../../server/src/live/lookup.ts';
import { createCache } from '../../server/src/platform/cache.ts';
import { createFiles } from '../../server/src/platform/files.ts';
import { hosts, secretsFrom, workspaceOf } from '../support/look.ts';

const PLACE = { environment: 'e', state: 's' };

const request = (facts: readonly string[] = ['versioning']): LookupRequest => ({
  kind: 'aws/s3-bucket',
  id: 'vault',
  facts,
  environment: 'production',
});
const seen = (at: number, value = 'enabled'): Observation => ({
  state: 'found',
  facts: { versioning: { value } },
  at: new Date(at).toISOString(),
  source: 'live',
});

function parts() {
  const kept = new Map<string, { value: unknown; at: string }>();
  const store: Cache = {
    get: (key) => Promise.resolve(kept.get(key)),
    set: (key, value, at) => Promise.resolve(void kept.set(key, { value: JSON.parse(JSON.stringify(value)), at })),
    remove: (key) => Promise.resolve(void kept.delete(key)),
  };
  const time = { now: 1_000_000 };
  const clock: Clock = { now: () => time.now, after: () => () => undefined };
  return { store, clock, time, kept };
}

describe('the look-up cache', () => {
  it('answers what is young enough, also in another window, and asks for what is not', async () => {
    const { store, clock, time } = parts();
    let asked = 0;
    const ask = async (requests: readonly LookupRequest[]) => (
      asked++,
      await Promise.resolve(requests.map(() => seen(time.now)))
    );
    const first = createLookupCache({ clock, store });
    await first.through([request()], 60_000, ask);
    await first.through([request()], 60_000, ask);
    assert.equal(asked, 1);
    const second = createLookupCache({ clock, store });
    time.now += 30_000;
    const [again] = await second.through([request()], 60_000, ask);
    assert.equal(asked, 1);
    assert.equal(again?.at, new Date(1_000_000).toISOString(), 'the age is kept');
    time.now += 40_000;
    await second.through([request()], 60_000, ask);
    assert.equal(asked, 2);
    await second.through([request()], 0, ask);
    assert.equal(asked, 3, 'an age of 0 asks anew');
    const [newer] = await first.through([request()], 60_000, ask);
    assert.equal(asked, 3);
    assert.equal(newer?.at, new Date(time.now).toISOString(), 'the other window looked since');
  });

  it('asks again for a fact that the kept answer does not have', async () => {
    const { store, clock, time } = parts();
    let asked = 0;
    const ask = async (requests: readonly LookupRequest[]) => (
      asked++,
      await Promise.resolve(requests.map(() => seen(time.now)))
    );
    const cache = createLookupCache({ clock, store });
    await cache.through([request()], 60_000, ask);
    await cache.through([request(['versioning', 'encryption'])], 60_000, ask);
    assert.equal(asked, 2);
  });

  it('flies once for many askers, and survives the one who gives up', async () => {
    const { clock } = parts();
    const cache = createLookupCache({ clock, store: undefined });
    let asked = 0;
    let fail: (error: Error) => void = () => undefined;
    const first = cache.through([request()], 0, async () => {
      asked++;
      return await new Promise((_resolve, reject) => (fail = reject));
    });
    const second = cache.through(
      [request()],
      0,
      async (requests) => (asked++, await Promise.resolve(requests.map(() => seen(clock.now())))),
    );
    await Promise.resolve();
    assert.equal(asked, 1);
    fail(new Error('called off'));
    await assert.rejects(first, /called off/);
    assert.equal((await second)[0]?.state, 'found');
    assert.equal(asked, 2);
  });

  it('keeps what it knew where nothing could be looked up', async () => {
    const { store, clock, time } = parts();
    const cache = createLookupCache({ clock, store });
    await cache.through([request()], 0, async (requests) => await Promise.resolve(requests.map(() => seen(time.now))));
    const unknown: Observation = {
      state: 'unknown',
      unknown: { reason: 'timeout', detail: 'x' },
      at: new Date(time.now).toISOString(),
      source: 'live',
    };
    await cache.through([request()], 0, async (requests) => await Promise.resolve(requests.map(() => unknown)));
    assert.equal((await cache.lastKnown([request()]))[0]?.state, 'found');
  });

  it('keeps all of a kind, an account and a region in one piece, and loses nothing that another window kept there', async () => {
    const { store, clock, time } = parts();
    let written = 0;
    const counting: Cache = { ...store, set: (...all) => (written++, store.set(...all)) };
    const of = (...ids: readonly string[]) => ids.map((id): LookupRequest => ({ ...request(), id }));
    const ask = (value: string) => async (requests: readonly LookupRequest[]) =>
      await Promise.resolve(requests.map(() => seen(time.now, value)));
    const [one, other] = [createLookupCache({ clock, store: counting }), createLookupCache({ clock, store: counting })];
    await one.through(of('a', 'b', 'c'), 0, ask('first'));
    assert.equal(written, 1);
    time.now += 1000;
    await Promise.all([one.through(of('a'), 0, ask('second')), other.through(of('b', 'd'), 0, ask('third'))]);
    // Whoever of the two was overwritten puts its own there again.
    time.now += 1000;
    await one.through(of('c'), 0, ask('fourth'));
    await other.through(of('d'), 0, ask('fifth'));
    const third = createLookupCache({ clock, store });
    const known = await third.lastKnown(of('a', 'b', 'c', 'd', 'e'));
    const values = known.map((each) => (each?.state === 'found' ? each.facts['versioning'] : undefined));
    const value = (text: string) => ({ value: text });
    assert.deepEqual(values, [value('second'), value('third'), value('fourth'), value('fifth'), undefined]);
  });

  it('takes no answer of another environment of the same name, nor of the same one before it was edited', async () => {
    const { store, clock, time } = parts();
    const cacheOf = (place: string) =>
      createLookupCache({ clock, store, placeOf: () => ({ environment: 'e', state: place }) });
    const ask = async (requests: readonly LookupRequest[]) => await Promise.resolve(requests.map(() => seen(time.now)));
    await cacheOf('here').through([request()], 0, ask);
    assert.deepEqual(await cacheOf('there').lastKnown([request()]), [undefined]);
    assert.equal((await cacheOf('here').lastKnown([request()]))[0]?.state, 'found');
  });

  it('forgets what nobody asked for in a quarter of a year', async () => {
    const { store, clock, time } = parts();
    const cache = createLookupCache({ clock, store });
    const ask = async (requests: readonly LookupRequest[]) => await Promise.resolve(requests.map(() => seen(time.now)));
    await cache.through([request()], 0, ask);
    time.now += 91 * 86_400_000;
    await createLookupCache({ clock, store }).through([{ ...request(), id: 'other' }], 0, ask);
    const known = await createLookupCache({ clock, store }).lastKnown([request(), { ...request(), id: 'other' }]);
    assert.deepEqual(
      known.map((each) => each?.state),
      [undefined, 'found'],
    );
  });

  it('takes nothing that was seen later than now, as a clock that was wrong left it, nor what is no answer', async () => {
    const { store, clock, time, kept } = parts();
    const ask = async (requests: readonly LookupRequest[]) => await Promise.resolve(requests.map(() => seen(time.now)));
    const year = 365 * 86_400_000;
    time.now += year;
    const running = createLookupCache({ clock, store });
    await running.through([request()], 0, ask);
    time.now -= year;
    assert.deepEqual(await createLookupCache({ clock, store }).lastKnown([request()]), [undefined]);
    for (const cache of [running, createLookupCache({ clock, store })]) {
      const [again] = await cache.through([request()], 60_000, ask);
      assert.equal(again?.at, new Date(time.now).toISOString());
    }
    const key = [...kept.keys()][0] ?? '';
    for (const value of [{ state: 'found', facts: null }, { state: 'found', facts: [] }, { state: 'found' }, null, 7]) {
      const at = new Date(time.now).toISOString();
      const row = Object.keys(kept.get(key)?.value as object)[0] ?? '';
      const answer = typeof value === 'object' && value !== null ? { ...value, at } : value;
      kept.set(key, { at, value: { [row]: answer } });
      const cache = createLookupCache({ clock, store });
      assert.deepEqual(await cache.lastKnown([request()]), [undefined], JSON.stringify(value));
      assert.equal((await cache.through([request()], 60_000, ask))[0]?.state, 'found');
    }
  });

  describe('on the disk', () => {
    let folder = '';
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'drillbook-kept-'))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));
    const { clock, time } = parts();
    const texts = (): readonly string[] => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));

    it('answers for an id that holds a word which is a secret elsewhere, and keeps no fact that holds one', async () => {
      const redact = (text: string): string =>
        text.replaceAll('production', '•••').replaceAll('vault-of-orders', '•••');
      const cacheOf = () =>
        createLookupCache({ clock, store: createCache(createFiles(), folder, redact), redact, placeOf: () => PLACE });
      const of = (facts: readonly string[]): LookupRequest[] => [{ ...request(facts), id: 'vault-of-orders' }];
      let asked = 0;
      const ask = async (requests: readonly LookupRequest[]): Promise<readonly Observation[]> => {
        asked++;
        const facts = { versioning: { value: 'enabled' }, replicatesTo: { value: ['vault-of-orders'] } };
        return await Promise.resolve(
          requests.map(() => ({ ...seen(time.now), state: 'found', facts, by: 'production-reader' })),
        );
      };
      await cacheOf().through(of(['versioning', 'replicatesTo']), 60_000, ask);
      const [again] = await cacheOf().through(of(['versioning']), 60_000, ask);
      assert.equal(asked, 1);
      assert.deepEqual(again?.state === 'found' ? [again.facts, again.by] : again, [
        { versioning: { value: 'enabled' } },
        '•••-reader',
      ]);
      const [whole] = await cacheOf().through(of(['replicatesTo']), 60_000, ask);
      assert.equal(asked, 2, 'blanked, it would be another value');
      assert.deepEqual(whole?.state === 'found' ? whole.facts['replicatesTo'] : whole, { value: ['vault-of-orders'] });
      assert.ok(!texts().some((text) => /production|vault-of-orders/.test(text)), texts().join('\n'));
    });

    it('lets go of what an environment said before it was edited after a day, and of what nobody wrote for long', async () => {
      const keep = async (environment: string, state: string): Promise<void> => {
        const store = createCache(createFiles(), folder, (text) => text);
        const cache = createLookupCache({ clock, store, placeOf: () => ({ environment, state }) });
        await cache.through([request()], 0, async () => await Promise.resolve([seen(time.now)]));
      };
      const age = (name: RegExp, days: number): void => {
        const then = Date.now() / 1000 - days * 86_400;
        for (const file of readdirSync(folder)) if (name.test(file)) utimesSync(join(folder, file), then, then);
      };
      const left = (): readonly string[] =>
        readdirSync(folder)
          .map((name) => name.replace(/-[0-9a-f]{40}/, ''))
          .sort();
      await keep('e', 'one');
      await keep('e', 'two');
      await keep('other', 'one');
      writeFileSync(join(folder, `${'0'.repeat(40)}.json`), '{}');
      writeFileSync(join(folder, 'notes.txt'), 'not ours');
      age(/^e-one/, 2);
      age(/^other/, 2);
      await keep('e', 'three');
      assert.deepEqual(left(), [`${'0'.repeat(40)}.json`, 'e-three.json', 'e-two.json', 'notes.txt', 'other-one.json']);
      age(/./, 91);
      await keep('e', 'four');
      assert.deepEqual(left(), ['e-four.json', 'notes.txt']);
    });
  });

  it('asks and keeps for an environment as it was when the look-up began, whatever is edited meanwhile', async () => {
    const { store, clock } = parts();
    const workspaceOfPort = (port: number) =>
      workspaceOf({
        'production.environment.yaml': `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
databases: { orders: { engine: redis, host: 127.0.0.1, port: ${port} } }
`,
      });
    let workspace = workspaceOfPort(1);
    const reading: Cache = {
      ...store,
      get: async (key) => {
        workspace = workspaceOfPort(2);
        return await store.get(key);
      },
    };
    const lookup = createLookup({
      environments: () => environmentsOf(workspace),
      secrets: secretsFrom(),
      clock,
      cache: reading,
      log: { write: () => undefined },
      allowedHosts: hosts(),
      trusted: () => true,
    });
    const { observations } = await lookup.look(
      [{ kind: 'database/redis', id: 'orders', facts: ['version'], environment: 'production' }],
      { signal: new AbortController().signal, maxAgeMs: 1000 },
    );
    assert.match(JSON.stringify(observations), /127\.0\.0\.1:1\b/u);
  });
});
