/** One measurement in a process of its own, so that memory and caches are its own. Prints a line of JSON. */
import { measureBare } from './bare.ts'
import { measureOurs } from './ours.ts'

const [, , what, path = '', durability, effect, concurrency = '1', runs = '1000', warmup = '200'] = process.argv
const size = { concurrency: Number(concurrency), runs: Number(runs), warmup: Number(warmup) }
const measureIt = what === 'bare' ? measureBare : measureOurs
const measured = await measureIt(
  path,
  durability === 'disk' ? 'disk' : 'process',
  effect === 'once' ? 'once' : 'idempotent',
  size,
)
console.log(JSON.stringify(measured))
