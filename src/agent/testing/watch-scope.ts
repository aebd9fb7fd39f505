import type { Scope } from '../../engine/scope.ts'

/** What a test wants to know of the code that it runs. */
export interface ScopeWatch {
  /** Something was asked for, or given to the code. */
  readonly touch: () => void
  /** Calls a step's function, or not. `key` is `run/step`. */
  readonly call: (key: string, fn: () => unknown) => Promise<unknown>
  /** Makes a value (time, randomness) that depends on nothing but its place in the code. */
  readonly value: <T>(place: string, make: () => T) => T
}

type Code = (scope: Scope) => Promise<unknown>

/** A scope that tells what happens in it, and in all branches below. */
export function watchScope(scope: Scope, watch: ScopeWatch, lane = ''): Scope {
  let values = 0
  let groups = 0
  const track = <T>(promise: Promise<T>): Promise<T> => {
    watch.touch()
    promise.then(watch.touch, watch.touch)
    return promise
  }
  const within = (name: string, group: number, code: Code) => (below: Scope) =>
    code(watchScope(below, watch, `${lane}/${group}.${name}`))
  const withinAll = (branches: Parameters<Scope['all']>[0]) => {
    const group = groups++
    return branches.map(([name, code]) => [name, within(name, group, code)] as const)
  }
  return {
    ...scope,
    step: (name, call, terms) => track(scope.step(name, (step) => watch.call(step.key, () => call(step)), terms)),
    child: (...args) => track(scope.child(...args)),
    sleep: (milliseconds) => track(scope.sleep(milliseconds)),
    ask: (name, terms) => track(scope.ask(name, terms)),
    receive: (name, timeout) => track(scope.receive(name, timeout)),
    emit: (name, data) => track(scope.emit(name, data)),
    raiseBudget: (...args) => track(scope.raiseBudget(...args)),
    setSession: (state) => track(scope.setSession(state)),
    setTitle: (title) => track(scope.setTitle(title)),
    getSession: () => track(scope.getSession()),
    branch: (name, code) => scope.branch(name, within(name, groups++, code)),
    all: (branches) => scope.all(withinAll(branches)),
    race: (branches) => scope.race(withinAll(branches)),
    value: (kind, make) => {
      const place = `${scope.record.agent}${lane}:${kind}:${values++}`
      return scope.value(kind, () => watch.value(place, make))
    },
  }
}
