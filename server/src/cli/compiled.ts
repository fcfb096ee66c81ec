/** Tells the loader of the built program that this run compiles more from here on than others will want (`platform/keptCode.ts`). */

/** Stands beside `require` in the built program. */
declare const keepCompiled: (() => void) | undefined;

/** What was compiled up to the first call is what a run leaves to the next ones. */
export function compilesMoreNow(): void {
  if (typeof keepCompiled === 'function') keepCompiled();
}
