import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readTable } from '../../schema/read-table.ts'
import { createCel } from './cel.ts'
import { toCel } from './to-cel.ts'

const cel = createCel(['self'])
const answer = (expression: string, self: unknown = null) =>
  cel(expression, { self: toCel([], undefined, self) })?.value

describe('CEL', () => {
  it('has optional values, macros and whole numbers, as the API server has', () => {
    assert.equal(answer("self.?a.?b.orValue('none') == 'none'", {}), true)
    assert.equal(answer('self.?a == self.?b && self.?a != self.?c', { a: [{ b: 1 }], b: [{ b: 1 }] }), true)
    assert.equal(answer('self.list.filter(x, x > 1).size() == 2', { list: [1, 2, 3] }), true)
    assert.equal(answer('self.a / 2 == 1 && self.b > 1', { a: 3, b: 1.5 }), true)
    assert.equal(answer("'constructor' in self && !has(self.other)", { constructor: 1 }), true)
  })

  it('has `has` behind an index, which the library lacks', () => {
    const self = { list: [{ path: { type: 'Exact' } }, {}] }
    assert.equal(answer('has(self.list[0].path) && !has(self.list[1].path)', self), true)
    assert.equal(answer('has(self.list[0].path.type) && !(has(self.list[0].path.value) ? true : false)', self), true)
  })

  it("knows Kubernetes' addresses: a path alone is a URL without a scheme", () => {
    assert.equal(
      answer("url(self).getScheme() == 'oci' && url(self).getHost() == 'r.io:5000'", 'oci://r.io:5000/a'),
      true,
    )
    assert.equal(answer("isURL('/a/b') && url('/a/b').getScheme() == '' && !isURL('a b')"), true)
    assert.equal(answer("isIP('10.0.0.1') && isIP('::1') && !isIP('10.0.0.256')"), true)
  })

  it("knows Kubernetes' quantities, written in any way", () => {
    assert.equal(
      answer("quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('500m').isLessThan(quantity(1))"),
      true,
    )
    assert.equal(answer("quantity('2Ki').compareTo(quantity('2048')) == 0 && !isQuantity('two')"), true)
    assert.equal(answer("quantity('1Ki').add(quantity('1Ki')).asInteger() == 2048"), true)
  })

  it('says nothing of what it does not know, of what fails, and of what is no CEL', () => {
    assert.equal(cel('other == 1', { self: 1 }), undefined)
    assert.equal(cel('self.unknown', { self: new Map() }), undefined)
    assert.equal(cel('self ==', { self: 1 }), undefined)
  })

  it('parses every condition of the definitions that ship, but for one that names a format', () => {
    const conditions = readTable().types.flatMap((type) => (typeof type === 'object' && 't' in type ? type.v : []))
    const expressions = [...new Set(conditions.map(([expression]) => expression))]
    assert.ok(expressions.length > 100)
    const unknown = expressions.filter((expression) => isUnknown(expression))
    assert.deepEqual(unknown, ['size(self) == 0 || format.dns1123Label().validate(self) == null'])
  })
})

// Whether it comes to nothing with any of many values, of which one has the fields that conditions ask for unasked.
function isUnknown(expression: string): boolean {
  const fields = { type: 'a', mode: 'a', protocol: 'a', group: 'a', numerator: 1n, denominator: 2n }
  const values = ['', 'a', '1s', 'http://a', 1n, [], ['a'], new Map(), new Map(Object.entries(fields))]
  return values.every((self) => cel(expression, { self }) === undefined)
}
