import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { endsSoon, failsWith, fixture, startServers, type TestServers, textOf } from '../support.ts'
import { ANIMALS } from './animals.ts'
import { encage, leftovers } from './cage.ts'

// How much others are slowed is measured by `npm run zoo`: a figure belongs into a measurement, not into a test.
let healthy: TestServers
before(() => {
  healthy = startServers({ healthy: fixture('stdio-server.ts') })
})
after(() => healthy.close())

describe('Of the hostile servers', { concurrency: 6 }, () => {
  for (const animal of ANIMALS) {
    const { name, over, fails } = animal
    const end = fails === undefined ? 'does its work' : `fails with ${fails.code}`
    test(`${name} (${over}) ${end}, and a healthy server beside it answers every call`, async () => {
      await using cage = await encage(animal)
      const poked = cage.poke()
      let done = false
      const poke = poked.finally(() => {
        done = true
      })
      let calls = 0
      while (!done || calls < 5) {
        assert.equal(await textOf(healthy, 'healthy', 'echo', { text: `call ${calls}` }), `call ${calls}`)
        calls += 1
      }
      const error = await poke
      if (fails === undefined) assert.equal(error, undefined)
      else assert.ok(error !== undefined && failsWith(fails.code, fails.message)(error), String(error))
    })
  }
})

test('None of them has left a process behind', async () => {
  for (const pid of leftovers()) assert.ok(await endsSoon(pid), `process ${pid} is left`)
})
