/** When V8 optimises what runs often: its optimising compiler works on threads of its own, on the same cores as we do. */

/** How long code runs before it is optimised, in bytes of bytecode; V8's own is some 66,000. */
const LATE = 500_000;

/**
 * Has V8 optimise later, and so less, from now on. With every core at work on a few seconds of documents the compilers take
 * nearly half of the processor's time, and most of what they make is used too briefly to be worth it.
 */
export function optimiseLate(): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(`--interrupt-budget=${LATE}`);
}
