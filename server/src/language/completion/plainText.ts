/** Snippets for clients that have none. */

/** A snippet as plain text, for clients that have none. */
export function withoutStops(body: string): string {
  return body
    .replace(/\$\{\d+\|([^,|]*)[^|]*\|\}/gu, '$1')
    .replace(/\$\{\d+:((?:[^\\}]|\\.)*)\}/gu, '$1')
    .replace(/\$\d+/gu, '')
    .replace(/\\(.)/gu, '$1');
}
