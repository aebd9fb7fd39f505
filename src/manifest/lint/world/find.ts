import type { Subject } from '../field.ts'

/** The object of a kind in a namespace by its name; a namespace that is not given, on either side, means any. */
export type Find = (kind: string, namespace: string, name: string) => Subject | undefined

/** Makes the look-up of objects by name. */
export function createFinder(of: (kind: string) => readonly Subject[]): Find {
  const byName = new Map<string, Map<string, Subject[]>>()
  const indexOf = (kind: string): Map<string, Subject[]> => {
    const known = byName.get(kind)
    if (known !== undefined) return known
    const made = Map.groupBy(of(kind), ({ name }) => name)
    byName.set(kind, made)
    return made
  }
  return (kind, namespace, name) => {
    const named = indexOf(kind).get(name) ?? []
    return (
      named.find((subject) => subject.namespace === namespace) ??
      named.find((subject) => subject.namespace === '' || namespace === '')
    )
  }
}
