/**
 * Objects whose signal is made when somebody looks at it.
 *
 * A getter in an object literal would say the same, but V8 gives each such object a hidden class of its own, in old space, which keeps all
 * that the getter closes over until the next full collection: with one in each run and step, young collections freed next to nothing.
 * So the getter is on a prototype that all share, and the object says under `SIGNAL` how its signal is made.
 */

/** How an object's signal is made. */
export const SIGNAL: unique symbol = Symbol('signal')

interface Lazy<Prototype> {
  readonly __proto__: Prototype
  readonly [SIGNAL]: () => AbortSignal
}

/** Prototype of objects with a `signal`. */
export const WITH_SIGNAL = {
  get signal(): AbortSignal {
    return make(this)
  },
}

/** Prototype of objects with an `abortSignal`. */
export const WITH_ABORT_SIGNAL = {
  get abortSignal(): AbortSignal {
    return make(this)
  },
}

/** Takes a literal that begins with `__proto__: WITH_SIGNAL` as what it is, which the compiler does not see. */
export function withSignal<T extends typeof WITH_SIGNAL>(literal: Omit<T, 'signal'> & Lazy<typeof WITH_SIGNAL>): T {
  return literal as unknown as T
}

/** The same for `abortSignal`. */
export function withAbortSignal<T extends typeof WITH_ABORT_SIGNAL>(
  literal: Omit<T, 'abortSignal'> & Lazy<typeof WITH_ABORT_SIGNAL>,
): T {
  return literal as unknown as T
}

function make(object: object): AbortSignal {
  return (object as Lazy<unknown>)[SIGNAL]() // The functions above take no others.
}
