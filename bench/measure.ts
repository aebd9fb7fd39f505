/** What one measurement found. Latencies in ms, memory in MB, `cpu` in ms of processor time a run. */
export interface Measured {
  readonly label: string
  readonly concurrency: number
  readonly runs: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  readonly rss: number
  readonly cpu: number
}

/** Keeps `concurrency` runs in flight until `runs` are done, after a warm-up, and measures each. */
export async function measure(
  label: string,
  { concurrency, runs, warmup }: { readonly concurrency: number; readonly runs: number; readonly warmup: number },
  once: () => Promise<void>,
): Promise<Measured> {
  await inFlight(concurrency, warmup, once)
  const latencies: number[] = []
  const before = process.cpuUsage()
  const startedAt = performance.now()
  await inFlight(concurrency, runs, async () => {
    const from = performance.now()
    await once()
    latencies.push(performance.now() - from)
  })
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(before)
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  const rss = process.resourceUsage().maxRSS / 1024
  return { label, concurrency, runs, seconds, p50: at(0.5), p99: at(0.99), rss, cpu: (user + system) / 1000 / runs }
}

async function inFlight(concurrency: number, runs: number, once: () => Promise<void>): Promise<void> {
  let left = runs
  const lane = async () => {
    while (left-- > 0) await once()
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}

/** Measures a queue: so many runs queued and recorded, after a warm-up. Latencies are not known of it. */
export async function measureDrain(
  label: string,
  { concurrency, runs, warmup }: { readonly concurrency: number; readonly runs: number; readonly warmup: number },
  drain: (runs: number) => Promise<void>,
): Promise<Measured> {
  await drain(warmup)
  const before = process.cpuUsage()
  const startedAt = performance.now()
  await drain(runs)
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(before)
  const rss = process.resourceUsage().maxRSS / 1024
  const cpu = (user + system) / 1000 / runs
  return { label, concurrency, runs, seconds, p50: Number.NaN, p99: Number.NaN, rss, cpu }
}
