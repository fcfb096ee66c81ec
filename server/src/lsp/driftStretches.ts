/** Judges the files of a root in stretches, on their current text, and keeps and shows what came of it. */
import type { ServerDependencies } from './dependencies.ts';
import type { Diagnostics } from './diagnostics.ts';
import { judgeFile, type Judged, type JudgeFileOptions } from './driftJudging.ts';
import { stateOfJudged, type RootState } from './driftState.ts';
import type { Root } from './root.ts';
import { messageOf } from './signals.ts';

export class DriftStretches {
  readonly #dependencies: ServerDependencies;
  readonly #diagnostics: Diagnostics;
  readonly #stop: AbortSignal;
  readonly #isTyping: () => boolean;

  /** `isTyping`: whether an edit waits for its answer, which goes before the next stretch. */
  constructor(dependencies: ServerDependencies, diagnostics: Diagnostics, stop: AbortSignal, isTyping: () => boolean) {
    this.#dependencies = dependencies;
    this.#diagnostics = diagnostics;
    this.#stop = stop;
    this.#isTyping = isTyping;
  }

  /** Judges a file to the end, in stretches: what is typed meanwhile is answered in between, on what is judged by then. */
  async whole(root: Root, state: RootState, file: string, signal: AbortSignal): Promise<Judged> {
    for (;;) {
      const judged = this.judge(root, state, file, { wholeOnly: true });
      if (!judged.unfinished) return judged;
      await this.breathe(signal);
    }
  }

  /** Lets what came meanwhile go first, and what is typed whole. @throws what `signal` says */
  async breathe(signal: AbortSignal): Promise<void> {
    do {
      await new Promise<void>((resolve) => void this.#dependencies.soon(resolve));
      signal.throwIfAborted();
    } while (this.#isTyping());
  }

  /** Judges the rest of a file behind what is typed, and shows it. */
  finish(root: Root, state: RootState, file: string): void {
    if (state.finishing.has(file)) return;
    state.finishing.add(file);
    void this.whole(root, state, file, this.#stop)
      .then(async (judged) => {
        // Forgotten meanwhile: the file is gone.
        if (!state.files.has(file)) return;
        this.keep(root, state, file, judged);
        await this.breathe(this.#stop);
        if (state.files.has(file)) this.#diagnostics.publish(root, file);
      })
      .catch((error: unknown) => {
        if (!this.#stop.aborted)
          this.#dependencies.log.write('error', `The comparison of ${file} failed: ${messageOf(error)}`);
      })
      .finally(() => state.finishing.delete(file));
  }

  /** Judges what is not judged yet of a file, as far as one stretch goes. */
  judge(root: Root, state: RootState, file: string, options?: JudgeFileOptions): Judged {
    const now = this.#dependencies.clock.now();
    const judged = judgeFile(root, file, state.known, now, state.judging.get(file), options);
    state.judging.set(file, judged);
    return judged;
  }

  /** Takes over what was judged as what is known of a file. */
  keep(root: Root, state: RootState, file: string, judged: Judged): void {
    const known = state.files.get(file);
    const before = known?.judged;
    if (judged.findings !== before?.findings) this.#diagnostics.set(root, file, 'drift', judged.findings);
    const isSame = before && judged.findings === before.findings && judged.resources === before.resources;
    state.files.set(file, isSame ? { ...known, judged } : stateOfJudged(judged));
  }
}
