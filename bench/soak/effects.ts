import { closeSync, openSync, readSync } from 'node:fs'

/** What the steps left behind: nonces by the step's key, in order. */
export interface Effects extends Disposable {
  /** Reads what is new, and answers all of them. */
  read(): ReadonlyMap<string, readonly string[]>
  /** Forgets those of a run. */
  forget(run: string): void
}

/** Opens the log of the effects. */
export function openEffects(path: string): Effects {
  const file = openSync(path, 'a+')
  const buffer = Buffer.alloc(1 << 16)
  const keys = new Map<string, Set<string>>()
  const effects = new Map<string, string[]>()
  let position = 0
  let rest = ''
  const take = (line: string) => {
    const [key = '', nonce = ''] = line.split(' ')
    const [run = ''] = key.split('/')
    keys.set(run, (keys.get(run) ?? new Set()).add(key))
    effects.set(key, [...(effects.get(key) ?? []), nonce])
  }
  return {
    read() {
      for (let count = 1; count > 0; position += count) {
        count = readSync(file, buffer, 0, buffer.length, position)
        const lines = (rest + buffer.toString('utf8', 0, count)).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) take(line)
      }
      return effects
    },
    forget(run) {
      for (const key of keys.get(run) ?? []) effects.delete(key)
      keys.delete(run)
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}
