import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { storeAdapter } from './redis-settings.ts'
import { parseSettings } from './settings.ts'

const faultsOf = (project: Readonly<Record<string, unknown>>): string[] => {
  try {
    parseSettings({ project })
  } catch (error) {
    return (error as { details: { faults: string[] } }).details.faults
  }
  return []
}

const chosenBy = (project: Readonly<Record<string, unknown>>) => storeAdapter(parseSettings({ project }).settings)

describe('the settings of Redis', () => {
  it('choose it where they name a server, unless the adapter is named', () => {
    assert.equal(chosenBy({}), 'sqlite')
    assert.equal(chosenBy({ 'redis.host': 'redis' }), 'redis')
    assert.equal(chosenBy({ 'redis.sentinels': ['s:26379'], 'redis.sentinel_name': 'main' }), 'redis')
    assert.equal(chosenBy({ 'redis.host': 'redis', 'store.adapter': 'sqlite' }), 'sqlite')
  })

  it('are refused where they do not fit together, naming what to change', () => {
    const expected: readonly [Readonly<Record<string, unknown>>, RegExp][] = [
      [{ 'store.adapter': 'redis' }, /^redis\.host: expected the host/],
      [{ 'redis.sentinels': ['s:26379'] }, /^redis\.sentinel_name: /],
      [{ 'redis.sentinels': 's:1', 'redis.sentinel_name': 'm', 'redis.cluster.enabled': true }, /^redis\.sentinels: /],
      [{ 'redis.cluster.nodes': ['a:1'] }, /^redis\.cluster\.nodes: expected none unless/],
      [{ 'redis.cluster.nodes': ['a'], 'redis.cluster.enabled': true }, /^redis\.cluster\.nodes: expected host:port/],
      [{ 'redis.prefix': 'a{b}' }, /^redis\.prefix: expected letters/],
      [{ 'redis.password': 'p', 'redis.password_file': 'f' }, /^redis\.password_file: expected either/],
      [{ 'redis.ssl.enabled': true, 'redis.ssl.cert_file': 'c' }, /^redis\.ssl\.key_file: expected both/],
      [{ 'redis.ssl.ca_file': 'c' }, /^redis\.ssl\.ca_file: expected none unless/],
    ]
    for (const [project, fault] of expected) {
      const faults = faultsOf(project)
      assert.equal(faults.length, 1, JSON.stringify(project))
      assert.match(faults[0] ?? '', fault)
    }
  })

  it('never show a password, even one of a wrong type', () => {
    assert.deepEqual(faultsOf({ 'redis.password': 12_345_678 }), [
      'redis.password: expected a text, got something else',
    ])
  })
})
