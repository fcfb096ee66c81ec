/** As much of an object store as a fetch needs, over one file, as fast as the loopback: `store.mjs FILE`; prints its port. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';

const [file] = process.argv.slice(2);
const { size } = statSync(file);

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    // Who is asking: the caller's identity, whoever that is.
    response.setHeader('content-type', 'text/xml');
    response.end(
      '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>bench</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>',
    );
    return;
  }
  const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
  const start = Number(range?.[1] ?? 0);
  const end = Number(range?.[2] ?? size - 1);
  response.writeHead(range === null ? 200 : 206, {
    'content-length': end - start + 1,
    'content-type': 'application/octet-stream',
    ...(range === null ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
  });
  createReadStream(file, { start, end, highWaterMark: 1 << 20 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
