import { inFolder, measureInChild, printMachine } from '../child.ts'
import type { Suspended, Waited } from './one.ts'

/** Suspended runs cost no memory, and wake quickly: a worker beside many of them, and one beside none. */
export async function waiting({ quick }: { readonly quick: boolean }): Promise<void> {
  printMachine()
  const none = await beside(0)
  const many = await beside(quick ? 10_000 : 100_000)
  const { runs, seconds } = many.suspended
  console.log(`${runs} runs suspended in ${seconds.toFixed(1)} s`)
  console.log(
    `heap of a worker beside none ${none.heap.toFixed(1)} MB, beside ${runs} ${many.heap.toFixed(1)} MB: ${(many.heap - none.heap).toFixed(1)} MB more`,
  )
  console.log(`resident memory of the same: ${none.rss.toFixed(0)} MB and ${many.rss.toFixed(0)} MB`)
  console.log(
    `woken by a message, to the recorded end: p50 ${many.p50.toFixed(1)} ms, p99 ${many.p99.toFixed(1)} ms, longest ${many.max.toFixed(1)} ms`,
  )
  console.log(
    `woken by a timer, after its time: p50 ${many.timerP50.toFixed(1)} ms, p99 ${many.timerP99.toFixed(1)} ms, longest ${many.timerMax.toFixed(1)} ms`,
  )
}

function beside(runs: number): Promise<Waited & { readonly suspended: Suspended }> {
  return inFolder(async (folder) => {
    const suspended = await measureInChild<Suspended>('./waiting/one.ts', [folder, 'suspend', runs])
    return { ...(await measureInChild<Waited>('./waiting/one.ts', [folder, 'wake', runs])), suspended }
  })
}
