/** What V8 does on threads of its own, on the same cores as we: it optimises what runs often, and collects garbage. */

/** How long code runs before it is optimised, in bytes of bytecode; V8's own is some 66,000. */
const LATE = '--interrupt-budget=500000';
/** The major version of Node whose V8 has that flag: later ones complain of it to the person, and gain nothing by theirs. */
const NODE_WITH_FLAG = '20';
/** Each collection of young garbage asks anew whether it may share its work out among threads. */
const ALONE = '--no-parallel-scavenge';

/**
 * Has V8 leave the cores to us from now on. With every core at work on a few seconds of documents the compilers take nearly
 * half of the processor's time, and most of what they make is used too briefly to be worth it; and threads that help to collect
 * garbage take it from the other of our threads, and wait for each other.
 */
export function leaveCores(): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString(ALONE);
  if (process.versions.node.split('.')[0] === NODE_WITH_FLAG) setFlagsFromString(LATE);
}
