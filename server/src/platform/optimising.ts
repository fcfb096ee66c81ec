/** When V8 optimises what runs often: its optimising compiler works on threads of its own, on the same cores as we do. */

/** How long code runs before it is optimised, in bytes of bytecode; V8's own is some 66,000. */
const LATE = '--interrupt-budget=500000';
/** The major version of Node whose V8 has that flag: later ones complain of it to the person, and gain nothing by theirs. */
const NODE_WITH_FLAG = '20';

/**
 * Has V8 optimise later, and so less, from now on. With every core at work on a few seconds of documents the compilers take
 * nearly half of the processor's time, and most of what they make is used too briefly to be worth it.
 */
export function optimiseLate(): void {
  if (process.versions.node.split('.')[0] === NODE_WITH_FLAG)
    process.getBuiltinModule('node:v8').setFlagsFromString(LATE);
}
