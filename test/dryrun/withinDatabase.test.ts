/** What would leave the database of a MariaDB dump is told before it is sent, in time, whatever the dump holds. */
import assert from 'node:assert/strict';
import { withinDatabase } from '../../server/src/dryrun/mariadb/withinDatabase.ts';

describe('a dump that stays within its database', () => {
  const pass = async (text: string): Promise<string> => {
    const chunks = (async function* () {
      yield await Promise.resolve(Buffer.from(text));
    })();
    let all = '';
    for await (const chunk of withinDatabase(chunks)) all += Buffer.from(chunk).toString();
    return all;
  };

  it('passes as it is, also where comments stand between a word and the next', async () => {
    const text = `CREATE ${'/**/'.repeat(5000)}TABLE orders (id int);\nCREATE /* a * b */ /*** c ***/ VIEW v AS select 1;\n`;
    assert.equal(await pass(text), text);
  });

  for (const line of [
    'USE `shop`;',
    'CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop`;',
    '/*!40000 DROP DATABASE IF EXISTS `shop`*/;',
    `CREATE ${'/* * */ '.repeat(50)}SCHEMA shop;`,
  ])
    it(`is refused at ${line.slice(0, 40)}`, async () => {
      await assert.rejects(pass(`select 1;\n${line}\n`), /names its database/u);
    });
});
