import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { meaningOf } from './failure.ts'

const at = { host: 'redis', port: 6379 }

const reply = (message: string) =>
  Object.assign(new Error(message), { name: 'ReplyError', command: { args: ['secret'] } })

describe('what an error of Redis means', () => {
  it('is known of each that it answers where it did nothing', () => {
    const kinds = {
      'ERR Function not found': 'unknown-function',
      "READONLY You can't write against a read only replica.": 'not-primary',
      'LOADING Redis is loading the dataset in memory': 'not-primary',
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.": 'not-primary',
      'MOVED 3999 10.0.0.2:6381': 'moved',
      'ASK 3999 10.0.0.2:6381': 'again',
      'TRYAGAIN Multiple keys request during rehashing of slot': 'again',
      'CLUSTERDOWN The cluster is down': 'again',
    }
    for (const [message, kind] of Object.entries(kinds)) {
      const meaning = meaningOf(reply(message), at)
      assert.equal(meaning.kind, kind, message)
      assert.equal(meaning.error.code, 'STORE_UNAVAILABLE')
    }
  })

  it('names where a slot has moved to, also where the node leaves out its host', () => {
    const addressOf = (message: string) => {
      const meaning = meaningOf(reply(message), at)
      return meaning.kind === 'moved' ? meaning.address : meaning.kind
    }
    assert.deepEqual(addressOf('MOVED 1 10.0.0.2:6381'), { host: '10.0.0.2', port: 6381 })
    assert.deepEqual(addressOf('MOVED 1 :6381'), { host: 'redis', port: 6381 })
    assert.deepEqual(addressOf('MOVED 1 fd00::2:6381'), { host: 'fd00::2', port: 6381 })
    assert.equal(addressOf('MOVED 1 nowhere'), 'failed')
  })

  it('is a code of ours that says what to do, and keeps nothing of what was sent', () => {
    const codes = {
      "OOM command not allowed when used memory > 'maxmemory'.": 'STORE_FULL',
      'MISCONF Errors writing to the AOF file: No space left on device': 'STORE_FULL',
      'MISCONF Redis is configured to save RDB snapshots, but': 'STORE_UNAVAILABLE',
      'NOAUTH Authentication required.': 'STORE_UNAVAILABLE',
      "NOPERM this user has no permissions to run the 'fcall' command": 'STORE_UNAVAILABLE',
      'BUSY Redis is busy running a script.': 'STORE_UNAVAILABLE',
      'NOREPLICAS Not enough good replicas to write.': 'STORE_UNAVAILABLE',
      'UNBLOCKED force unblock from blocking operation, instance state changed': 'STORE_UNAVAILABLE',
      'WRONGTYPE Operation against a key holding the wrong kind of value': 'STORE_CORRUPT',
      'ERR something else': 'INTERNAL',
    }
    for (const [message, code] of Object.entries(codes)) {
      const { kind, error } = meaningOf(reply(message), at)
      assert.deepEqual([kind, error.code], ['failed', code], message)
      assert.match(error.message, /redis:6379/)
      assert.ok(!JSON.stringify([error, error.cause ?? '']).includes('secret'))
    }
  })
})
