/** How a request about a document is answered: the context is made, positions are translated, a failure stays its own. */
import {
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type Disposable,
  type ServerCapabilities,
} from 'vscode-languageserver';
import { offsetAt, type Position } from '../core/document/navigate.ts';
import type { LanguageContext } from '../language/context.ts';
import { convertPositions, decodeCharacter, encodeCharacter, type LineOf } from './encoding.ts';
import { contextFor, type Session } from './session.ts';
import { messageOf } from './signals.ts';
import type { Located } from './workspaceStore.ts';

/** What a feature is handed beside the parameters; the parameters' positions are in UTF-16 units. */
export interface FeatureRequest<P> {
  readonly session: Session;
  readonly context: LanguageContext;
  readonly located: Located;
  readonly params: P;
  readonly token: CancellationToken;
}

/** One method of the protocol about one document. */
export interface Feature<P extends { readonly textDocument: { readonly uri: string } }> {
  readonly method: string;
  readonly capabilities: (session: Session) => ServerCapabilities;
  /** What is answered for a document that isn't ours, and after a failure. */
  readonly empty: unknown;
  readonly answer: (request: FeatureRequest<P>) => unknown;
}

/** One method that is not about one document. */
export interface Method {
  readonly method: string;
  readonly capabilities: (session: Session) => ServerCapabilities;
  readonly register: (session: Session) => Disposable;
}

/** A feature as a method. */
export function method<P extends { readonly textDocument: { readonly uri: string } }>(feature: Feature<P>): Method {
  return {
    method: feature.method,
    capabilities: feature.capabilities,
    register: (session) =>
      session.connection.onRequest(feature.method, async (params: P, token: CancellationToken) => {
        throwIfCancelled(token);
        try {
          const { uri } = params.textDocument;
          const found = contextFor(session, uri);
          if (!found) return feature.empty;
          const decoded = decodeParams(session, uri, params) as P;
          const answer = await feature.answer({ session, ...found, params: decoded, token });
          return encodeResult(session, uri, answer);
        } catch (error) {
          if (error instanceof ResponseError) throw error;
          throwIfCancelled(token);
          session.dependencies.log.write('error', `${feature.method} failed: ${detailOf(error)}`);
          return feature.empty;
        }
      }),
  };
}

/** @throws the protocol's "cancelled" where the client no longer wants the answer. */
export function throwIfCancelled(token: CancellationToken): void {
  if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
}

/** Offset of a position of the parameters. */
export function offsetOf(context: LanguageContext, position: Position): number {
  return offsetAt(context.parsed, position);
}

/** Parameters with their positions in UTF-16 units. */
function decodeParams(session: Session, uri: string, params: unknown): unknown {
  const { encoding } = session;
  if (encoding === 'utf-16') return params;
  return convertPositions(params, uri, lineOf(session), (line, character) =>
    decodeCharacter(line, character, encoding),
  );
}

/** A result with its positions in the client's encoding. */
export function encodeResult(session: Session, uri: string, result: unknown): unknown {
  const { encoding } = session;
  if (encoding === 'utf-16') return result;
  return convertPositions(result, uri, lineOf(session), (line, units) => encodeCharacter(line, units, encoding));
}

function lineOf(session: Session): LineOf {
  return (uri, line) => {
    const located = session.store.locate(uri);
    if (!located) return undefined;
    const open = located.root.openDocument(located.file);
    if (open) return open.line(line);
    const parsed = located.root.parsed(located.file);
    const start = parsed?.lineStarts[line];
    if (!parsed || start === undefined) return undefined;
    return parsed.text.slice(start, parsed.lineStarts[line + 1] ?? parsed.text.length);
  };
}

function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}
