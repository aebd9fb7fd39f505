import assert from 'node:assert/strict'
import { it } from 'node:test'
import { keySlot } from './key-slot.ts'

it('The slot of a key is the one that Redis says: of its hash tag alone, where it has one', () => {
  // By CLUSTER KEYSLOT of Redis 7.0.15.
  const slots = {
    ...{ '123456789': 12_739, foo: 12_182, é: 10_180 },
    ...{ '{polis:0}:': 15_229, '{polis:1}:r:a:b': 11_100, 'a{b}{c}': 3300, '{}x': 10_595, 'a{': 14_311 },
  }
  for (const [key, slot] of Object.entries(slots)) assert.equal(keySlot(key), slot, key)
})
