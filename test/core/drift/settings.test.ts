/** Settings as servers show them against what people declare. */
import assert from 'node:assert/strict';
import { settingHolds, type SettingContext } from '../../../server/src/core/drift/kinds/database/settings.ts';

const seconds = (value: number): SettingContext => ({ base: { value, unit: 's' } });
const pages = (value: number): SettingContext => ({ base: { value, unit: '8kB' } });
const CASES: readonly (readonly [wanted: unknown, actual: string, holds: string, context?: SettingContext])[] = [
  ['replica', 'Replica', 'yes'],
  ['logical', 'replica', 'no'],
  ['!=minimal', 'replica', 'yes'],
  [true, 'on', 'yes'],
  [1, 'ON', 'yes'],
  ['off', '0', 'yes'],
  [true, 'off', 'no'],
  [100, '100', 'yes'],
  [1, '2', 'no'],
  ['>=100', '100', 'yes'],
  ['>=100', '99', 'no'],
  ['>=100 <=200', '150', 'yes'],
  ['>=', '150', 'undecided'],
  ['60s', '1min', 'yes', seconds(60)],
  [60, '1min', 'yes', seconds(60)],
  ['>=60', '1min', 'yes', seconds(60)],
  ['<=30s', '1min', 'no', seconds(60)],
  ['1h', '3600', 'yes', seconds(3600)],
  ['>=1GB', '128MB', 'no', pages(16_384)],
  ['131072kB', '128MB', 'yes', pages(16_384)],
  [16_384, '128MB', 'yes', pages(16_384)],
  ['128MB', '134217728', 'yes'],
  ['>=128M', '134217728', 'yes'],
  ['>=1G', '134217728', 'no'],
  ['100mb', '104857600', 'yes', { thousands: true }],
  ['100m', '104857600', 'no', { thousands: true }],
  ['<=8h', '28800', 'undecided'],
  ['8h', '28800', 'undecided'],
  ['!=8h', '28800', 'undecided'],
  ['8h', '28800', 'yes', seconds(28_800)],
  ['9h', '28800', 'no', seconds(28_800)],
  ['Etc/UTC', 'UTC', 'yes', { isZone: true }],
  ['Europe/Berlin', 'UTC', 'no', { isZone: true }],
  ['Nowhere/Atall', 'UTC', 'no', { isZone: true }],
  ['a, b', 'b,a', 'yes'],
  ['a,b', 'a,b,c', 'no'],
  ['>=many', '150', 'undecided'],
];

describe('settings', () => {
  for (const [wanted, actual, holds, context] of CASES) {
    it(`${actual}${context?.base ? ` (${String(context.base.value)} of ${context.base.unit})` : ''} against ${JSON.stringify(wanted)}: ${holds}`, () => {
      assert.equal(settingHolds(wanted, actual, context), holds);
    });
  }
});
