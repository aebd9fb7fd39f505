/** Something that happens inside a step and is not journalled: progress, a token delta, the reset that a retry sends. */
export interface TransientEvent {
  readonly tenant: string
  readonly run: string
  /** Id of the step it belongs to. */
  readonly step: string
  readonly kind: 'progress' | 'step-reset' | 'delta'
  readonly data: unknown
}

/** Hints between a worker and those who follow a run: best effort, nothing depends on them. */
export interface Transients {
  publish(event: TransientEvent): void
  /** Calls back with the events of one run until the returned function is called. */
  subscribe(run: string, listener: (event: TransientEvent) => void): () => void
}

/** Transients inside one thread. */
export function createTransients(): Transients {
  const listeners = new Map<string, Set<(event: TransientEvent) => void>>()
  return {
    publish(event) {
      for (const listener of listeners.get(event.run) ?? []) listener(event)
    },
    subscribe(run, listener) {
      const set = listeners.get(run) ?? new Set()
      listeners.set(run, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0) listeners.delete(run)
      }
    },
  }
}
