/** Findings by file and source; each source replaces only its own slice, and what is published is always the merge. */
import type { Connection, Diagnostic } from 'vscode-languageserver';
import type { ParsedText } from '../core/document/node.ts';
import type { Finding } from '../core/finding.ts';
import type { ServerDependencies } from './dependencies.ts';
import { convertPositions, encodeCharacter, type Encoding } from './encoding.ts';
import type { Root } from './root.ts';
import { leftOut, mostTelling } from './mostTelling.ts';
import { toDiagnostic, type DiagnosticContext } from './toDiagnostic.ts';

/** Who found it: the static check, the comparison with live infrastructure, the evidence. */
export type Source = 'check' | 'drift' | 'evidence';
const SOURCES: readonly Source[] = ['check', 'drift', 'evidence'];

interface Kept {
  readonly slices: Map<Source, readonly Finding[]>;
  /** Hash of what was last sent for a file that isn't open, to send only changes. */
  sent: number | undefined;
  /** Grows with every change: the result id of a pulled answer. */
  revision: number;
}

export interface DiagnosticsOptions {
  readonly push: () => boolean;
  readonly encoding: () => Encoding;
  /** Asks the client to pull again, where it pulls. */
  readonly refresh: () => void;
}

export class Diagnostics {
  readonly #connection: Pick<Connection, 'sendDiagnostics'>;
  readonly #dependencies: ServerDependencies;
  readonly #options: DiagnosticsOptions;
  readonly #kept = new Map<Root, Map<string, Kept>>();

  constructor(
    connection: Pick<Connection, 'sendDiagnostics'>,
    dependencies: ServerDependencies,
    options: DiagnosticsOptions,
  ) {
    this.#connection = connection;
    this.#dependencies = dependencies;
    this.#options = options;
  }

  /** Replaces the findings of one source for a file. `publish` shows the merge. */
  set(root: Root, file: string, source: Source, findings: readonly Finding[]): void {
    const kept = this.#of(root, file);
    const before = kept.slices.get(source) ?? [];
    if (before.length === 0 && findings.length === 0) return;
    if (findings.length === 0) kept.slices.delete(source);
    else kept.slices.set(source, findings);
    kept.revision++;
  }

  /** Every current finding of a file. */
  findings(root: Root, file: string, source?: Source): readonly Finding[] {
    const kept = this.#kept.get(root)?.get(file);
    if (!kept) return [];
    return (source ? [source] : SOURCES).flatMap((each) => kept.slices.get(each) ?? []);
  }

  /** Files of a root that have findings or had some. */
  files(root: Root): readonly string[] {
    return [...(this.#kept.get(root)?.keys() ?? [])];
  }

  /** The merge as diagnostics on the current parse. */
  diagnostics(root: Root, file: string): Diagnostic[] {
    const parsed = root.parsed(file);
    if (!parsed) return [];
    const context = this.#context(root, parsed);
    const { shown, left } = mostTelling(this.findings(root, file));
    const made = shown.map((finding) => toDiagnostic(finding, context));
    if (left.length > 0) made.push(leftOut(left, file, context));
    const encoding = this.#options.encoding();
    if (encoding === 'utf-16') return made;
    const lineOf = (uri: string, line: number): string | undefined => lineIn(root, uri, file, line);
    return convertPositions(made, root.uriOf(file), lineOf, (text, units) =>
      encodeCharacter(text, units, encoding),
    ) as Diagnostic[];
  }

  /** One finding as a diagnostic on the current parse, in UTF-16 units: for the actions that mend it. */
  diagnosticOf(root: Root, finding: Finding): Diagnostic {
    const parsed = root.parsed(finding.file);
    return toDiagnostic(finding, this.#context(root, parsed ?? { text: '', lineStarts: [0], documents: [] }));
  }

  #context(root: Root, parsed: ParsedText): DiagnosticContext {
    return {
      parsed,
      elsewhere: (other) => {
        const there = root.parsed(other);
        return there && { uri: root.uriOf(other), parsed: there };
      },
      helpUri: this.#dependencies.helpUri,
      now: this.#dependencies.clock.now(),
    };
  }

  revision(root: Root, file: string): number {
    return this.#kept.get(root)?.get(file)?.revision ?? 0;
  }

  /** Shows a file's merge: with its version where it is open, and only on change where it isn't. */
  publish(root: Root, file: string): void {
    const open = root.openDocument(file);
    if (!this.#options.push()) {
      this.#options.refresh();
      return;
    }
    const kept = this.#of(root, file);
    const diagnostics = this.diagnostics(root, file);
    if (open) {
      kept.sent = undefined;
      void this.#connection.sendDiagnostics({ uri: open.uri, version: open.version, diagnostics });
      return;
    }
    const sent = hashOf(JSON.stringify(diagnostics));
    if (sent === (kept.sent ?? NOTHING)) return;
    kept.sent = sent;
    void this.#connection.sendDiagnostics({ uri: root.uriOf(file), diagnostics });
  }

  /** Takes back what was shown for a file that is gone. */
  forget(root: Root, file: string): void {
    const kept = this.#kept.get(root)?.get(file);
    this.#kept.get(root)?.delete(file);
    if (kept && this.#options.push()) void this.#connection.sendDiagnostics({ uri: root.uriOf(file), diagnostics: [] });
  }

  /** A document was closed: its text on disk may be another, so that what was sent says nothing about what is shown. */
  closed(root: Root, file: string): void {
    this.#of(root, file).sent = UNKNOWN;
  }

  #of(root: Root, file: string): Kept {
    let files = this.#kept.get(root);
    if (!files) {
      files = new Map();
      this.#kept.set(root, files);
    }
    let kept = files.get(file);
    if (!kept) {
      kept = { slices: new Map(), sent: undefined, revision: 0 };
      files.set(file, kept);
    }
    return kept;
  }
}

/** No hash of a text: what was sent says nothing about what is shown. */
const UNKNOWN = -1;
const NOTHING = hashOf('[]');

/** 52 bits of a text: enough to tell one file's findings from those before. */
function hashOf(text: string): number {
  let high = 0x811c9dc5;
  let low = 0x1000193;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  return (high >>> 6) * 0x4000000 + (low >>> 6);
}

function lineIn(root: Root, uri: string, file: string, line: number): string | undefined {
  const parsed =
    uri === root.uriOf(file)
      ? root.parsed(file)
      : [...root.index.files].find(([other]) => root.uriOf(other) === uri)?.[1];
  const start = parsed?.lineStarts[line];
  if (!parsed || start === undefined) return undefined;
  return parsed.text.slice(start, parsed.lineStarts[line + 1] ?? parsed.text.length);
}
