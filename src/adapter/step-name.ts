const LONGEST = 63

/** A name that a library gave, as the name of a step or of a branch: what is not allowed there becomes an underscore. */
export function stepName(name: string): string {
  const allowed = name.replace(/[^a-z0-9_-]/gi, '_')
  return (/^[a-z]/i.test(allowed) ? allowed : `x${allowed}`).slice(0, LONGEST)
}
