/** Node's own URL in place of the package that MongoDB's driver brings for platforms without one: 260 KB less. */
export const { URL, URLSearchParams } = globalThis;
