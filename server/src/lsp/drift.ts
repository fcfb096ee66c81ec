/** Comparisons with live infrastructure: what is asked when, one run at a time a root, and whose answers it brings. */
import { requestsOf } from '../app/detectDrift.ts';
import type { EnvironmentSource } from '../core/drift/environment.ts';
import { environmentsOf } from '../core/drift/environments.ts';
import type { LookupRequest } from '../core/drift/observation.ts';
import type { LiveView } from '../language/context.ts';
import type { DriftAnswer, ServerDependencies } from './dependencies.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { Judged } from './driftJudging.ts';
import { takeIn } from './driftSeen.ts';
import { newState, totalsOf, viewOf, type DriftTotals, type RootState } from './driftState.ts';
import { DriftStretches } from './driftStretches.ts';
import type { Root } from './root.ts';
import { showUntrusted } from './driftUntrusted.ts';
import { messageOf } from './signals.ts';

/** Answers younger than this are taken from the cache on open and on save, milliseconds. */
export const FRESH_MS = 10 * 60_000;

export interface DriftSettings {
  readonly trusted: boolean;
  readonly allowedHosts: readonly string[];
}

export class Drift {
  readonly #dependencies: ServerDependencies;
  readonly #diagnostics: Diagnostics;
  readonly #settings: () => DriftSettings;
  readonly #roots = new Map<Root, RootState>();
  readonly #stop = new AbortController();
  readonly #stretches: DriftStretches;
  #saidFailed: string | undefined;
  /** Called when a look-up starts: nothing else is known yet. */
  onBegun: (root: Root) => void = () => undefined;
  /** Called when a run ends, or its findings changed. */
  onChanged: (root: Root) => void = () => undefined;
  onFailed: (message: string) => void = () => undefined;
  /** Whether an edit waits for its answer: it goes first. */
  isTyping: () => boolean = () => false;

  constructor(dependencies: ServerDependencies, diagnostics: Diagnostics, settings: () => DriftSettings) {
    this.#dependencies = dependencies;
    this.#diagnostics = diagnostics;
    this.#settings = settings;
    this.#stretches = new DriftStretches(dependencies, diagnostics, this.#stop.signal, () => this.isTyping());
  }

  /** What is known live of a root's files, for the features. */
  view(root: Root): LiveView {
    return viewOf(this.#roots.get(root));
  }

  /** Totals over every root. */
  totals(): DriftTotals {
    return totalsOf([...this.#roots.values()]);
  }

  /** Shows what was last seen, with its age; makes no call. */
  showLastKnown(root: Root, files: readonly string[]): void {
    this.#enqueue(root, files, { maxAgeMs: Infinity, lastKnownOnly: true });
  }

  /** What was last seen at once, then a look-up behind, where the person lets that happen. */
  lookUp(root: Root, files: readonly string[], isAllowed: boolean): void {
    this.showLastKnown(root, files);
    if (isAllowed) this.request(root, files, FRESH_MS);
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

  /** Trust was given or taken: what was said for want of it is taken back, what runs without it ends; the caller asks anew. */
  trustChanged(root: Root): void {
    const state = this.#state(root);
    if (!this.#mayLook()) state.running?.end.abort(new Error('the workspace is not trusted any more'));
    for (const [file, known] of state.files) {
      if (known.judged) continue;
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
    const state = this.#roots.get(root);
    state?.files.delete(file);
    state?.judging.delete(file);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** What was recorded reaches nothing. */
  #mayLook(): boolean {
    return this.#settings().trusted || this.#dependencies.recordedOnly === true;
  }

  #state(root: Root): RootState {
    let state = this.#roots.get(root);
    if (!state) {
      state = newState();
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
      if (this.#stop.signal.aborted || !this.#mayLook()) return;
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
    const end = new AbortController();
    state.running = { done: new Promise<void>((resolve) => (finish = resolve)), end };
    const lookingUp = files.filter((file) => wanted.get(file)?.lastKnownOnly !== true);
    for (const file of lookingUp) state.busy.add(file);
    if (lookingUp.length > 0) this.onBegun(root);
    try {
      if (!this.#mayLook()) {
        const shown = { dependencies: this.#dependencies, diagnostics: this.#diagnostics };
        const stopped = AbortSignal.any([signal, end.signal]);
        await showUntrusted(shown, root, state, files, {
          isTrusted: () => this.#mayLook(),
          stop: () => {
            stopped.throwIfAborted();
          },
        });
      } else if (this.#dependencies.detectDrift) {
        for (const group of groupsOf(files, (file) => String(wanted.get(file)?.maxAgeMs))) {
          const how = wanted.get(group[0] ?? '') ?? { maxAgeMs: FRESH_MS, lastKnownOnly: false };
          await this.#compare(root, state, group, how, AbortSignal.any([signal, end.signal]));
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
    const asked: Judged[] = [];
    for (const file of files) asked.push(await this.#stretches.whole(root, state, file, signal));
    const { allowedHosts } = this.#settings();
    const requests = this.#requestsOf(state, asked);
    // As they are asked: they may be edited before the answer is there.
    const environments = environmentsOf(root.workspace());
    const answer = await detect({ root: root.path, environments, requests, ...how, allowedHosts, signal });
    signal.throwIfAborted();
    this.#saidFailed = undefined;
    await this.#show(root, state, files, answer, environments, how.lastKnownOnly, signal);
  }

  /** What is asked, each thing once; the same list as before where the same is asked. */
  #requestsOf(state: RootState, asked: readonly Judged[]): readonly LookupRequest[] {
    const lists = asked.map((each) => each.requests);
    const { asked: last } = state;
    if (last?.lists.length === lists.length && lists.every((list, index) => list === last.lists[index]))
      return last.requests;
    const requests = requestsOf(asked.flatMap((each) => each.runbooks));
    state.asked = { lists, requests };
    return requests;
  }

  async #show(
    root: Root,
    state: RootState,
    files: readonly string[],
    answer: DriftAnswer,
    environments: readonly EnvironmentSource[],
    lastKnown: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    // A large answer took its time to be copied here, and what is done with it takes more: each by itself.
    await this.#stretches.breathe(signal);
    takeIn(state.known, answer, environments, lastKnown);
    await this.#stretches.breathe(signal);
    for (const file of files) {
      const before = state.files.get(file);
      state.finishing.add(file);
      const judged = await this.#stretches.whole(root, state, file, signal).finally(() => state.finishing.delete(file));
      this.#stretches.keep(root, state, file, judged);
      // A last-known answer that knows nothing says nothing: unknown is neither clean nor drift.
      if (lastKnown && !before && judged.resources.length === 0) {
        state.files.delete(file);
        this.#diagnostics.set(root, file, 'drift', []);
        continue;
      }
      await this.#stretches.breathe(signal);
      this.#diagnostics.publish(root, file);
    }
  }

  /**
   * Brings what was seen up to a file's current text and policy, without asking: an edit that mends a drift takes its
   * finding away at once, and so does a comment that suppresses it. What else an edit changes of many resources follows
   * in stretches.
   */
  reapply(root: Root, file: string): void {
    const state = this.#roots.get(root);
    if (state?.files.get(file)?.judged) {
      const judged = this.#stretches.judge(root, state, file, { textOnly: state.finishing.has(file) });
      this.#stretches.keep(root, state, file, judged);
      if (judged.unfinished) this.#stretches.finish(root, state, file);
    }
    if (this.#dependencies.recordedOnly === true) this.#replay(root, file);
  }

  /** Where nothing can be looked up nobody asks again on save: what an edit names for the first time is replayed then. */
  #replay(root: Root, file: string): void {
    const state = this.#state(root);
    const named = this.#stretches.judge(root, state, file).requests;
    const { replayed } = state;
    if (!root.indexed || named === replayed.get(file)) return;
    replayed.set(file, named);
    this.showLastKnown(root, [file]);
  }
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
