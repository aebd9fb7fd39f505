import type { Selection } from './matrix.ts'
import type { PowerLossSummary } from './power-loss/run.ts'
import { describe, type Summary, type Verdict } from './suite.ts'

/** One point with what was found, and how to have it again. */
export function pointLine(verdict: Verdict, { seed, points }: Selection, store = ''): string {
  const { index, plan } = verdict.point
  const kills = plan.kills.map(({ boundary, nth }) => `${boundary} #${nth}`).join(', then ')
  const where = `${plan.workers === 1 ? 'one worker' : 'two workers'}, ${plan.durability}`
  const found = describe(verdict)
  const again = `npm run crash -- ${store}--seed ${seed} --points ${points} --only ${index}`
  const head = `point ${index}: ${kills} (${where}), ${verdict.kills} killed, ${Math.round(verdict.milliseconds)} ms`
  if (found.length === 0) return `${head}: ok`
  return [head, ...found.map((line) => `  ${line}`), `  again: ${again}`].join('\n')
}

/** Shows how far the suite has come: on a terminal in place, elsewhere a line every 24 points. */
export function progressLine({ point }: Verdict, done: number, of: number): void {
  const text = `${done}/${of} points, last ${point.plan.kills[0]?.boundary ?? ''}`
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${text}${done === of ? '\n' : ''}`)
  else if (done % 24 === 0 || done === of) console.log(text)
}

/** What the suite ends with. */
export function closingLines(summary: Summary): readonly string[] {
  const { points, kills, unreached, lost, repeated, gaps, wrong, unrecorded, slowestTakeover } = summary
  const { read, idempotent, once, told } = unrecorded
  const { calls, charged, booked, assumed } = summary.spending
  return [
    `${points} points, ${unreached} not reached, ${wrong} results different from the crash-free run, slowest takeover ${Math.round(slowestTakeover)} ms`,
    `${calls} model calls charged ${charged} nanodollars, ${booked} are booked, ${assumed} of them assumed; ${summary.money} faults of ledger and budgets`,
    `${kills} kills, ${lost} lost, ${repeated} repeated recorded steps, ${gaps} gaps`,
    `repeated unrecorded effects: read ${read}, idempotent ${idempotent}, once ${once} (and ${told} of once steps told to repeat)`,
  ]
}

/** What the power-loss mode ends with. */
export function powerLossLines(summary: PowerLossSummary): readonly string[] {
  if (summary.kind === 'skipped') return [`SKIPPED: power loss was not tested: ${summary.reason}`]
  const { cuts, acknowledged, tail, faults } = summary
  return [
    ...faults,
    `process: ${tail} acknowledged facts lost at ${cuts.process} cuts, as promised at most the tail`,
    `disk: ${cuts.disk} power losses, ${acknowledged} acknowledged facts looked for`,
    `${cuts.disk + cuts.process} power losses, ${faults.length} faults`,
  ]
}
