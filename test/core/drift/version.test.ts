/** Versions by segments, with each engine's idea of a major. */
import assert from 'node:assert/strict';
import { compareVersions, judgeVersion, majorOf, parseVersion } from '../../../server/src/core/drift/version.ts';

const CASES: readonly (readonly [expected: unknown, actual: string, engine: string, state: string])[] = [
  ['15', '15.4', 'postgres', 'holds'],
  ['15', '15.4-R2', 'postgres', 'holds'],
  ['15.4', '15.4-R2', 'postgres', 'holds'],
  ['15.4', '15.40', 'postgres', 'minor'],
  ['15.40', '15.4', 'postgres', 'minor'],
  ['15', '16.3', 'postgres', 'major'],
  ['1', '15.4', 'postgres', 'major'],
  ['15.4', '15.6', 'postgres', 'minor'],
  [15, '15.4', 'postgres', 'holds'],
  [15.4, '15.4', 'postgres', 'holds'],
  ['>=15.2 <16', '15.4', 'postgres', 'holds'],
  ['>=15.2 <16', '15.1', 'postgres', 'minor'],
  ['>=15.2 <16', '16.0', 'postgres', 'major'],
  ['>=15.2 <16', '14.9', 'postgres', 'major'],
  ['<=15', '15.9', 'postgres', 'holds'],
  ['>15', '15.9', 'postgres', 'major'],
  ['>=16', '16beta1', 'postgres', 'minor'],
  ['8.0', '8.0.36', 'mysql', 'holds'],
  ['8.0', '8.4.3', 'mysql', 'major'],
  ['8.0.35', '8.0.36', 'mysql', 'minor'],
  ['8', '8.4.3', 'mysql', 'holds'],
  ['10.11', '10.11.6', 'mariadb', 'holds'],
  ['10.6', '10.11.6', 'mariadb', 'major'],
  ['7.0', '7.0.14', 'mongodb', 'holds'],
  ['6.0', '7.0.14', 'mongodb', 'major'],
  ['7', '7.0.15', 'redis', 'holds'],
  ['8.0', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'holds'],
  ['3.05', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'holds'],
  ['3.05.2', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'holds'],
  ['3.04', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'minor'],
  ['2', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'major'],
  ['5.7', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'major'],
  ['8.0.mysql_aurora.3.05.2', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'holds'],
  ['>=8.0.mysql_aurora.3.04.0', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'holds'],
  ['>=8.0.mysql_aurora.3.06.0', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'minor'],
  ['<8.0.mysql_aurora.3.05', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'minor'],
  ['!=8.0.mysql_aurora.3.04.0', '8.0.mysql_aurora.3.05.2', 'aurora-mysql', 'holds'],
  ['10.11.6-MariaDB-log', '10.11.6', 'mariadb', 'holds'],
  ['10.11.6-MariaDB-1:10.11.6+maria~deb12', '10.11.6', 'mariadb', 'holds'],
  ['10.11', '10.11.6-MariaDB-log', 'mariadb', 'holds'],
  ['15.4 (Debian 15.4-1.pgdg120+1)', '15.4', 'postgres', 'holds'],
  ['8.0.36-0ubuntu0.22.04.1', '8.0.36', 'mysql', 'holds'],
  ['15.4-R2', '15.4', 'postgres', 'minor'],
  ['15.x', '15.4', 'postgres', 'holds'],
  ['15.x', '16.1', 'postgres', 'major'],
  ['16', '16.3', 'postgres', 'holds'],
  ['16.3', '16', 'postgres', 'undecided'],
  ['>=15 <17', '16.3', 'postgres', 'holds'],
  ['>= 15, < 17', '17.1', 'postgres', 'major'],
  ['*', '16.3', 'postgres', 'holds'],
  ['>=', '16.3', 'postgres', 'undecided'],
  ['newest', '15.4', 'postgres', 'undecided'],
  ['15', 'unknown', 'postgres', 'undecided'],
  [true, '15.4', 'postgres', 'undecided'],
];

describe('versions', () => {
  for (const [expected, actual, engine, state] of CASES) {
    it(`${engine} ${actual} against ${JSON.stringify(expected)}: ${state}`, () => {
      assert.equal(judgeVersion(expected, actual, engine).state, state);
    });
  }

  it('tells a newer live version from an older one', () => {
    assert.deepEqual(judgeVersion('15.4', '15.6', 'postgres'), { state: 'minor', newer: true });
    assert.deepEqual(judgeVersion('15.6', '15.4', 'postgres'), { state: 'minor', newer: false });
    const aurora = judgeVersion('8.0.mysql_aurora.3.04.0', '8.0.mysql_aurora.3.05.2', 'aurora-mysql');
    assert.deepEqual(aurora, { state: 'minor', newer: true });
  });

  it('names majors by engine', () => {
    assert.equal(majorOf('15.4', 'postgres'), '15');
    assert.equal(majorOf('8.0.36', 'mysql'), '8.0');
    assert.equal(majorOf('text'), undefined);
  });

  it('holds for every prefix of a version, and orders by segments, whatever the numbers', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    for (let round = 0; round < 2000; round++) {
      const segments = Array.from({ length: 1 + random(4) }, () => random(120));
      const text = segments.join('.');
      for (let length = 1; length <= segments.length; length++) {
        assert.equal(judgeVersion(segments.slice(0, length).join('.'), text).state, 'holds', text);
      }
      const other = [...segments];
      const index = random(segments.length);
      other[index] = (other[index] ?? 0) + 1 + random(9);
      const [left, right] = [parseVersion(text), parseVersion(other.join('.'))];
      assert.ok(left && right);
      assert.equal(compareVersions(left, right), -1);
      assert.equal(compareVersions(right, left), 1);
      assert.equal(judgeVersion(`>=${text}`, other.join('.')).state, 'holds');
      assert.notEqual(judgeVersion(`<${text}`, other.join('.')).state, 'holds');
      assert.notEqual(judgeVersion(text, other.join('.')).state, 'holds');
    }
  });
});
