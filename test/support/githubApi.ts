/** The part of GitHub's API that the action calls, over real HTTP: the comments of one pull request. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredComment {
  readonly id: number;
  body: string;
}

export interface GithubApi {
  readonly url: string;
  readonly comments: StoredComment[];
  /** `METHOD /path` of every request, in order. */
  readonly requests: string[];
  /** Answers everything with 403 from now on, as to a token that may not write. */
  forbid(): void;
  close(): Promise<void>;
}

const PATH = /^\/repos\/acme\/shop\/issues\/(?:(?<pull>\d+)\/comments|comments\/(?<comment>\d+))$/;

/** Serves `acme/shop`; refuses a request without the bearer token. Pages hold 100 comments, as GitHub's do. */
export async function startGithubApi(token: string, comments: StoredComment[] = []): Promise<GithubApi> {
  const requests: string[] = [];
  let forbidden = false;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push(`${request.method ?? ''} ${url.pathname}`);
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.once('end', () => {
      const answer = (status: number, body: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      const { pull, comment } = PATH.exec(url.pathname)?.groups ?? {};
      if (forbidden || request.headers.authorization !== `Bearer ${token}`) {
        answer(403, {});
        return;
      }
      if (request.method === 'GET' && pull !== undefined) {
        const page = Number(url.searchParams.get('page') ?? '1');
        answer(200, comments.slice((page - 1) * 100, page * 100));
        return;
      }
      const { body } = text === '' ? { body: '' } : (JSON.parse(text) as { body: string });
      if (request.method === 'POST' && pull !== undefined) {
        const added = { id: 1000 + comments.length, body };
        comments.push(added);
        answer(201, added);
        return;
      }
      const old = comments.find((each) => each.id === Number(comment));
      if (request.method !== 'PATCH' || old === undefined) {
        answer(404, {});
        return;
      }
      old.body = body;
      answer(200, old);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments,
    requests,
    forbid: () => (forbidden = true),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
