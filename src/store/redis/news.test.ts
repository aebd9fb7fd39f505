import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createNews, type News } from './news.ts'

describe('news for other processes', () => {
  it('are told at once, and what follows in one message', (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const { told, news } = bed()
    news.tell(['r1'], ['r2'], false)
    assert.deepEqual(told, [[['r1'], ['r2'], false]])
    news.tell(['r3'], ['r4'], true)
    news.tell(['r4'], ['r5'], false)
    assert.equal(told.length, 1)
    test.mock.timers.tick(2)
    assert.deepEqual(told[1], [['r3', 'r4'], ['r5'], true])
    test.mock.timers.tick(2)
    news.tell(['r6'], [], false)
    assert.equal(told.length, 3)
  })

  it('are not nothing, and the last are told at the end', (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const { told, news } = bed()
    news.tell([], [], false)
    assert.deepEqual(told, [])
    news.tell(['r1'], [], false)
    news.tell(['r2'], [], false)
    news.stop()
    assert.deepEqual(told[1], [['r2'], [], false])
    test.mock.timers.tick(100)
    assert.equal(told.length, 2)
  })
})

function bed() {
  const told: Parameters<News['tell']>[] = []
  return { told, news: createNews((...news) => void told.push(news)) }
}
