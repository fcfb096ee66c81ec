/** The objects that a dump's comments name. */
import assert from 'node:assert/strict';
import { announced } from '../../../server/src/core/recovery/shape.ts';

describe('what a dump announces', () => {
  it('is read from its comments', () => {
    const text =
      '--\n-- Name: orders; Type: TABLE; Schema: public; Owner: ann\n--\n\n-- Name: f(integer); Type: FUNCTION; Schema: app; Owner: ann\n';
    assert.deepEqual(announced(text), [
      { kind: 'table', name: 'public.orders' },
      { kind: 'routine', name: 'app.f' },
    ]);
  });

  it('is read in time, whatever they hold', () => {
    assert.deepEqual(announced('-- Name: a; Type: TABLE; Schema: '.repeat(30_000)), []);
  });
});
