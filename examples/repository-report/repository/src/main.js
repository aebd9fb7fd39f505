import { parseArguments } from './arguments.js'
import { readLevels } from './gauge.js'
import { passages } from './passage.js'

const { gauge, draught } = parseArguments(process.argv.slice(2))
const levels = await readLevels(gauge)

if (levels.silent) {
  console.error(`Gauge ${gauge} has been silent since ${levels.lastHeard.toISOString()}.`)
  process.exitCode = 1
} else {
  for (const { from, until } of passages(levels.forecast, draught)) {
    console.log(`${from.toISOString()} – ${until.toISOString()}`)
  }
}
