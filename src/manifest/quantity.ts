const SCALES: Readonly<Record<string, number>> = {
  ...{ '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 },
}

/** A quantity as a number: `2Gi` in bytes, `500m` in units. It was checked. */
export function bytesOf(quantity: string): number {
  const [, amount = '0', unit = ''] = /^([\d.]+)(\D*)$/.exec(quantity) ?? []
  return Number(amount) * (SCALES[unit] ?? Number.NaN)
}

/** Memory as a quantity, in whole mebibytes. */
export function memoryQuantity(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)}Mi`
}

/** CPU as a quantity, in thousandths. */
export function cpuQuantity(cores: number): string {
  return `${Math.ceil(cores * 1000)}m`
}
