/** Memory of one process over time (MB). */
export type Samples = readonly { readonly at: number; readonly mb: number }[]

/** What became of it: the means of the second and of the last quarter, and whether the last is at most a fifth above. */
export interface Growth {
  readonly from: number
  readonly to: number
  readonly flat: boolean
}

/** Growth that is still noise (MB). */
const NOISE = 10

/** Judges whether memory stayed flat once it was warm. */
export function growthOf(samples: Samples): Growth {
  const quarter = (number: number) => {
    const size = Math.floor(samples.length / 4)
    const some = samples.slice(number * size, (number + 1) * size)
    return some.reduce((sum, { mb }) => sum + mb, 0) / Math.max(1, some.length)
  }
  const [from, to] = [quarter(1), quarter(3)]
  return { from, to, flat: to <= Math.max(from * 1.2, from + NOISE) }
}
