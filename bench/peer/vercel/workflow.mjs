// user code
import { OUTPUT } from '../workload.mjs'

export async function threeStep(_input) {
  'use workflow'
  await first()
  await second()
  return third()
}

async function first() {
  'use step'
  return OUTPUT
}

async function second() {
  'use step'
  return OUTPUT
}

async function third() {
  'use step'
  return OUTPUT
}
// end of user code
