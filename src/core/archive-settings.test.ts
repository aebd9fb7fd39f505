import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseSettings } from './settings.ts'

describe('the settings of the archive', () => {
  it('name one place at most', () => {
    const project = { 'archive.path': 'a.db', 'archive.url': 'postgres://user:hidden@host/x' }
    assert.throws(
      () => parseSettings({ project }),
      (error: Error) => {
        assert.match(
          error.message,
          /archive\.url: expected one place for the archive, got archive\.path and archive\.url/,
        )
        assert.doesNotMatch(error.message, /hidden/)
        return true
      },
    )
  })

  it('keep archived runs longer than the store keeps them, or for ever', () => {
    const parse = (after: number | string, retention: number) =>
      parseSettings({ project: { 'archive.after': after, 'archive.retention': retention } }).settings
    assert.throws(() => parse(30, 30), /archive\.retention: expected more days than archive\.after \(30\)/)
    assert.equal(parse(30, 31)['archive.retention'], 31)
    assert.equal(parse(3000, 0)['archive.retention'], 0)
    assert.equal(parse('12h', 400)['archive.after'], 0.5)
  })
})
