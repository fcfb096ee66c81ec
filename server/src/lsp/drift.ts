/** Comparisons with live infrastructure: when they run, what of them is shown, and what is known meanwhile. */
import { finishFindings } from '../app/checkWorkspace.ts';
import { judgeKnown, type ObservedResource } from '../app/detectDrift.ts';
import type { Observation } from '../core/drift/observation.ts';
import { requestKey } from '../core/drift/requests.ts';
import type { Finding } from '../core/finding.ts';
import type { DriftState, LiveResource, LiveView } from '../language/context.ts';
import type { DriftAnswer, ServerDependencies } from './dependencies.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { Root } from './root.ts';
import { messageOf } from './signals.ts';

/** Answers younger than this are taken from the cache on open and on save, milliseconds. */
export const FRESH_MS = 10 * 60_000;

export interface DriftSettings {
  readonly trusted: boolean;
  readonly allowedHosts: readonly string[];
}

interface FileState {
  resources: readonly LiveResource[];
  drifted: number;
  unchecked: number;
  checkedAtMs: number | undefined;
  /** Nothing was looked up, because the workspace is not trusted. */
  readonly untrusted?: true;
}

interface RootState {
  readonly files: Map<string, FileState>;
  readonly busy: Set<string>;
  /** What was last seen, by look-up. */
  readonly known: Map<string, Observation>;
  /** The run that is under way. */
  running: { readonly done: Promise<void> } | undefined;
  /** Files that wait for the next run, with the oldest answer that each takes. */
  readonly waiting: Map<string, { maxAgeMs: number; lastKnownOnly: boolean }>;
}

export class Drift {
  readonly #dependencies: ServerDependencies;
  readonly #diagnostics: Diagnostics;
  readonly #settings: () => DriftSettings;
  readonly #roots = new Map<Root, RootState>();
  readonly #stop = new AbortController();
  #saidFailed: string | undefined;
  /** Called when a run starts, ends, or its findings changed. */
  onChanged: (root: Root) => void = () => undefined;
  onFailed: (message: string) => void = () => undefined;

  constructor(dependencies: ServerDependencies, diagnostics: Diagnostics, settings: () => DriftSettings) {
    this.#dependencies = dependencies;
    this.#diagnostics = diagnostics;
    this.#settings = settings;
  }

  /** What is known live of a root's files, for the features. */
  view(root: Root): LiveView {
    const state = this.#roots.get(root);
    return {
      resourcesOf: (file) => state?.files.get(file)?.resources ?? [],
      all: () => [...(state?.files.values() ?? [])].flatMap((file) => file.resources),
      stateOf: (file) => this.#stateOf(state, file),
    };
  }

  /** Totals over every root. */
  totals(): {
    busy: boolean;
    drifted: number;
    unchecked: number;
    checkedAtMs: number | undefined;
    identities: string[];
  } {
    const states = [...this.#roots.values()];
    const files = states.flatMap((state) => [...state.files.values()]);
    const times = files.map((file) => file.checkedAtMs).filter((time) => time !== undefined);
    return {
      busy: states.some((state) => state.busy.size > 0),
      drifted: files.reduce((sum, file) => sum + file.drifted, 0),
      unchecked: files.reduce((sum, file) => sum + file.unchecked, 0),
      checkedAtMs: times.length > 0 ? Math.max(...times) : undefined,
      identities: [...new Set(states.flatMap((state) => [...state.known.values()].map(identityOf)))]
        .filter((each) => each !== '')
        .sort(),
    };
  }

  /** Shows what was last seen, with its age; makes no call. */
  showLastKnown(root: Root, files: readonly string[]): void {
    this.#enqueue(root, files, { maxAgeMs: Infinity, lastKnownOnly: true });
  }

  /** Looks up what these files name, soon; in an untrusted workspace it only says that nothing was looked up. */
  request(root: Root, files: readonly string[], maxAgeMs: number): void {
    this.#enqueue(root, files, { maxAgeMs, lastKnownOnly: false });
  }

  /**
   * Looks up now and resolves when the answer is shown. @throws what went wrong, and on abort.
   */
  async refresh(root: Root, files: readonly string[], signal: AbortSignal): Promise<void> {
    while (this.#state(root).running) await this.#state(root).running?.done;
    signal.throwIfAborted();
    const wanted = new Map(files.map((file) => [file, { maxAgeMs: 0, lastKnownOnly: false }]));
    await this.#run(root, wanted, AbortSignal.any([signal, this.#stop.signal]));
  }

  /** Trust was given or taken: what was said for want of it is taken back; the caller asks anew. */
  trustChanged(root: Root): void {
    const state = this.#state(root);
    for (const [file, known] of state.files) {
      if (!known.untrusted) continue;
      state.files.delete(file);
      this.#diagnostics.set(root, file, 'drift', []);
      this.#diagnostics.publish(root, file);
    }
  }

  /** All files of the root are known: what waited for that can run. */
  resume(root: Root): void {
    this.#next(root, this.#state(root));
  }

  /** Forgets a file that is gone. */
  forget(root: Root, file: string): void {
    this.#roots.get(root)?.files.delete(file);
  }

  stop(): void {
    this.#stop.abort();
  }

  #stateOf(state: RootState | undefined, file: string): DriftState | undefined {
    const known = state?.files.get(file);
    const busy = state?.busy.has(file) ?? false;
    if (!known) return busy ? { drifted: 0, unchecked: 0, busy } : undefined;
    return {
      drifted: known.drifted,
      unchecked: known.unchecked,
      busy,
      ...(known.checkedAtMs === undefined ? {} : { checkedAtMs: known.checkedAtMs }),
    };
  }

  #state(root: Root): RootState {
    let state = this.#roots.get(root);
    if (!state) {
      state = { files: new Map(), busy: new Set(), known: new Map(), running: undefined, waiting: new Map() };
      this.#roots.set(root, state);
    }
    return state;
  }

  /** One run at a time a root, and one waiting: what is asked meanwhile joins the waiting one. */
  #enqueue(root: Root, files: readonly string[], how: { maxAgeMs: number; lastKnownOnly: boolean }): void {
    const state = this.#state(root);
    for (const file of files) {
      const waiting = state.waiting.get(file);
      if (!waiting || waiting.lastKnownOnly || how.maxAgeMs < waiting.maxAgeMs) state.waiting.set(file, how);
    }
    this.#next(root, state);
  }

  #next(root: Root, state: RootState): void {
    // An environment that isn't read yet would make everything look as if there were nowhere to look.
    if (!root.indexed || state.running || state.waiting.size === 0 || this.#stop.signal.aborted) return;
    const wanted = new Map(state.waiting);
    state.waiting.clear();
    void this.#run(root, wanted, this.#stop.signal).catch((error: unknown) => {
      if (this.#stop.signal.aborted) return;
      const message = `The live comparison failed: ${messageOf(error)}`;
      this.#dependencies.log.write('error', message);
      if (this.#saidFailed === message) return;
      this.#saidFailed = message;
      this.onFailed(`Drillbook: ${message}; what is shown is from before.`);
    });
  }

  async #run(
    root: Root,
    wanted: ReadonlyMap<string, { maxAgeMs: number; lastKnownOnly: boolean }>,
    signal: AbortSignal,
  ): Promise<void> {
    const state = this.#state(root);
    const files = [...wanted.keys()].filter((file) => root.workspace().byFile(file).length > 0);
    if (files.length === 0) return;
    let finish: () => void = () => undefined;
    const running = { done: new Promise<void>((resolve) => (finish = resolve)) };
    state.running = running;
    const lookingUp = files.filter((file) => wanted.get(file)?.lastKnownOnly !== true);
    for (const file of lookingUp) state.busy.add(file);
    if (lookingUp.length > 0) this.onChanged(root);
    try {
      if (!this.#settings().trusted && this.#dependencies.recordedOnly !== true) this.#showUntrusted(root, files);
      else if (this.#dependencies.detectDrift) {
        for (const group of groupsOf(files, (file) => String(wanted.get(file)?.maxAgeMs))) {
          const how = wanted.get(group[0] ?? '') ?? { maxAgeMs: FRESH_MS, lastKnownOnly: false };
          await this.#compare(root, state, group, how, signal);
        }
      }
    } finally {
      for (const file of lookingUp) state.busy.delete(file);
      state.running = undefined;
      finish();
      this.onChanged(root);
      this.#next(root, state);
    }
  }

  async #compare(
    root: Root,
    state: RootState,
    files: readonly string[],
    how: { maxAgeMs: number; lastKnownOnly: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const detect = this.#dependencies.detectDrift;
    if (!detect) return;
    const workspace = root.workspace();
    const entries = files.flatMap((file) => workspace.byFile(file));
    const { allowedHosts } = this.#settings();
    const answer = await detect({ root: root.path, workspace, entries, ...how, allowedHosts, signal });
    signal.throwIfAborted();
    this.#saidFailed = undefined;
    this.#show(root, state, files, answer, how.lastKnownOnly);
  }

  #show(root: Root, state: RootState, files: readonly string[], answer: DriftAnswer, lastKnown: boolean): void {
    for (const { request, observation } of answer.observed) {
      // A last-known answer that knows nothing takes nothing away; a look-up that failed now is said.
      if (!lastKnown || observation.state !== 'unknown') state.known.set(requestKey(request), observation);
    }
    for (const file of files) {
      const any = answer.observed.some((each) => each.file === file);
      // A last-known answer that knows nothing says nothing: unknown is neither clean nor drift.
      if (lastKnown && !any && !state.files.has(file)) continue;
      state.files.set(file, { resources: [], drifted: 0, unchecked: 0, checkedAtMs: undefined });
      this.reapply(root, file);
      this.#diagnostics.publish(root, file);
    }
  }

  /**
   * Judges what was seen anew on a file's current text and policy, without asking: an edit that mends a drift takes its
   * finding away at once, and so does a comment that suppresses it.
   */
  reapply(root: Root, file: string): void {
    const state = this.#roots.get(root);
    const known = state?.files.get(file);
    if (!state || !known || known.untrusted) return;
    const now = this.#dependencies.clock.now();
    const workspace = root.workspace();
    const judged = judgeKnown(
      workspace,
      workspace.byFile(file),
      (request) => state.known.get(requestKey(request)),
      now,
      root.evidence,
    );
    const findings = finishFindings(workspace, judged.findings, { now });
    const times = judged.observations.map((each) => Date.parse(each.observation.at)).filter(Number.isFinite);
    known.resources = judged.observations.map(liveResource);
    known.drifted = countOf(findings, 'drift/');
    known.unchecked = countOf(findings, 'unchecked/');
    known.checkedAtMs = times.length > 0 ? Math.min(...times) : undefined;
    this.#diagnostics.set(root, file, 'drift', findings);
  }

  /** One finding a document that names anything live: nothing was looked up, and why. */
  #showUntrusted(root: Root, files: readonly string[]): void {
    for (const file of files) {
      const findings = root
        .workspace()
        .byFile(file)
        .filter((entry) => entry.kind === 'Runbook' && hasResources(entry.document.value))
        .map((entry): Finding => ({
          code: 'unchecked/untrusted-workspace',
          severity: 'warning',
          message:
            'Nothing here was compared with live infrastructure: this workspace is not trusted. Trust it to look up its resources.',
          file,
          document: entry.document.index,
          path: ['resources'],
          at: 'key',
        }));
      const state = this.#state(root);
      const unchecked = findings.length;
      state.files.set(file, { resources: [], drifted: 0, unchecked, checkedAtMs: undefined, untrusted: true });
      this.#diagnostics.set(root, file, 'drift', findings);
      this.#diagnostics.publish(root, file);
    }
  }
}

function liveResource({ file, document, name, request, observation }: ObservedResource): LiveResource {
  const { kind, id, region, account } = request;
  return {
    file,
    document,
    path: name === undefined ? [] : ['resources', name],
    ...(name === undefined ? {} : { name }),
    kind,
    id,
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
    observation,
  };
}

/** Who looked, and in which account; empty where nobody is named. */
function identityOf({ by, account }: Observation): string {
  return [by, account].filter((each) => each !== undefined).join(' in ');
}

function groupsOf(files: readonly string[], key: (file: string) => string): string[][] {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const group = groups.get(key(file));
    if (group) group.push(file);
    else groups.set(key(file), [file]);
  }
  return [...groups.values()];
}

function countOf(findings: readonly Finding[], area: string): number {
  return findings.filter((finding) => finding.code.startsWith(area)).length;
}

function hasResources(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { resources } = value as { resources?: unknown };
  return typeof resources === 'object' && resources !== null && Object.keys(resources).length > 0;
}
