/** A proxy before the emulated AWS, which answers sooner than any cloud. */
import { createServer, request } from 'node:http';

/** Adds the delay, counts, and tells regions in the list of buckets as AWS does and the emulator doesn't. */
export async function startProxy(port, bucketRegions) {
  const state = { delayMs: 0, calls: 0, url: '', server: undefined };
  state.server = createServer((incoming, outgoing) => {
    state.calls++;
    const parts = [];
    incoming.on('data', (part) => parts.push(part));
    incoming.on('end', () => {
      setTimeout(() => {
        const onward = request(
          {
            host: '127.0.0.1',
            port,
            method: incoming.method,
            path: incoming.url,
            headers: incoming.headers,
          },
          (answer) => {
            const got = [];
            answer.on('data', (part) => got.push(part));
            answer.on('end', () => {
              let body = Buffer.concat(got);
              const { 'content-length': _length, ...headers } = answer.headers;
              if (incoming.url.includes('max-buckets')) {
                body = Buffer.from(
                  body
                    .toString()
                    .replace(
                      /<Name>([^<]+)<\/Name>/g,
                      (name, id) => `${name}<BucketRegion>${bucketRegions.get(id) ?? ''}</BucketRegion>`,
                    ),
                );
              }
              outgoing.writeHead(answer.statusCode, headers);
              outgoing.end(body);
            });
          },
        );
        onward.on('error', () => incoming.socket.destroy());
        onward.end(Buffer.concat(parts));
      }, state.delayMs);
    });
  });
  await new Promise((resolve) => state.server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${state.server.address().port}`;
  return state;
}
