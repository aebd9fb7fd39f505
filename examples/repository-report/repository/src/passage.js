const UNDER_KEEL = 0.5
const SHORTEST = 20 * 60 * 1000

/** The spans of time in which the level leaves enough water under the keel. */
export function passages(forecast, draught) {
  const found = []
  let from
  for (const { time, level } of forecast) {
    const enough = level >= draught + UNDER_KEEL
    if (enough) from ??= time
    else if (from !== undefined) {
      found.push({ from, until: time })
      from = undefined
    }
  }
  return found.filter(({ from, until }) => until - from >= SHORTEST)
}
