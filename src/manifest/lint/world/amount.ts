const FACTORS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
}

/** An amount of a resource as a number: `500m` is 0.5, `1Ki` is 1024; undefined for what is none. */
export function amountOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const found =
    typeof value === 'string' ? /^([+-]?\d*\.?\d+)(?:e([+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(value) : null
  if (found === null) return undefined
  const [, digits = '', exponent, unit = ''] = found
  return Number(digits) * (exponent === undefined ? (FACTORS[unit] ?? 1) : 10 ** Number(exponent))
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }

/** A duration as Go writes it (`1h30m`, `0.5s`), in seconds; undefined for what is none. */
export function durationOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:ms|[smh]))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smh])/g)]
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (SECONDS[unit] ?? 0), 0)
}
