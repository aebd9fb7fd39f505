/** One measurement in a process of its own, so that memory and caches are its own. Prints a line of JSON. */
import { join } from 'node:path'
import { measureBare } from './bare.ts'
import { measureOurs } from './ours.ts'

const [, , folder = '', what, durability, effect, concurrency = '1', runs = '1000', warmup = '200'] = process.argv
const size = { concurrency: Number(concurrency), runs: Number(runs), warmup: Number(warmup) }
const measureIt = what === 'bare' ? measureBare : measureOurs
const measured = await measureIt(
  join(folder, 'store.db'),
  durability === 'disk' ? 'disk' : 'process',
  effect === 'once' ? 'once' : 'idempotent',
  size,
)
console.log(JSON.stringify(measured))
