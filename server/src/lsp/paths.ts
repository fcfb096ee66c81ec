/** URIs ↔ paths: files by their path, everything else (virtual workspaces, untitled documents) by its URI. */
import { URI } from 'vscode-uri';

/** The key a document goes by: a file's path with `/`, else its URI in normal form. */
export function pathOf(uri: string): string {
  const parsed = URI.parse(uri);
  if (parsed.scheme === 'file') return parsed.fsPath.replaceAll('\\', '/');
  return decodeURI(parsed.toString());
}

/** Not a file of this machine: an untitled document, a virtual workspace. */
export function isVirtual(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/iu.test(path);
}

/** The URI of such a key. */
export function uriOfPath(path: string): string {
  if (isVirtual(path)) return URI.parse(path).toString();
  return URI.file(path).toString();
}

/** `path` from `root`, with `/`; undefined where it is not inside. */
export function relativePath(root: string, path: string): string | undefined {
  const prefix = root.endsWith('/') ? root : `${root}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

/** The folder that holds `path`. */
export function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

export function joinPath(root: string, file: string): string {
  return root.endsWith('/') ? `${root}${file}` : `${root}/${file}`;
}

/** Do we take part in this file? Its name says so. */
export function hasOurName(path: string): boolean {
  return /\.(?:runbook|policy|environment)\.ya?ml$/iu.test(path);
}

export function isYaml(path: string): boolean {
  return /\.ya?ml$/iu.test(path);
}
