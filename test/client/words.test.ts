/** Times and counts as people say them, and events as lines. */
import assert from 'node:assert/strict';
import { describeEvent } from '../../client/src/describeEvent.ts';
import { ago, count, duration } from '../../client/src/words.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');

describe('words', () => {
  it('says how long ago something was', () => {
    assert.equal(ago('2026-11-22T09:59:40Z', NOW), 'just now');
    assert.equal(ago('2026-11-22T09:58:00Z', NOW), '2 min ago');
    assert.equal(ago('2026-11-22T05:00:00Z', NOW), '5 h ago');
    assert.equal(ago('2026-11-12T10:00:00Z', NOW), '10 days ago');
    assert.equal(ago('no time', NOW), 'at an unknown time');
  });

  it('says how long something took', () => {
    assert.equal(duration(840), '0.8 s');
    assert.equal(duration(42_000), '42 s');
    assert.equal(duration(65_000), '1 min 5 s');
    assert.equal(duration(3_600_000), '1 h');
    assert.equal(duration(3_900_000), '1 h 5 min');
  });

  it('counts', () => {
    assert.equal(count(1, 'check'), '1 check');
    assert.equal(count(0, 'check'), '0 checks');
  });

  it('turns events into lines', () => {
    const at = '2026-11-22T10:00:01Z';
    assert.equal(
      describeEvent({ event: 'stage', stage: 'restore', state: 'failed', at, message: 'it broke' }),
      '10:00:01 ✗ restore failed: it broke',
    );
    assert.equal(describeEvent({ event: 'progress', stage: 'restore', done: 1, at }), undefined);
    assert.equal(
      describeEvent({ event: 'output', stage: 'restore', text: 'one\ntwo\n', at }),
      '           │ one\n           │ two',
    );
  });
});
