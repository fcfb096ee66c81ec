/** What a run tells the loader of the built program of the code that is worth keeping for the next ones (`platform/keptCode.ts`). */

/** Stands beside `require` in the built program. */
declare const compiled: { readonly enough: () => void; readonly uses: (part: string) => void } | undefined;

/** This run compiles more from here on than others will want: what was compiled up to the first call is what it leaves. */
export function compilesMoreNow(): void {
  if (typeof compiled === 'object') compiled.enough();
}

/** This run compiles a part of the program that not every run does; where that is not kept yet, it will be. */
export function compilesToo(part: string): void {
  if (typeof compiled === 'object') compiled.uses(part);
}
