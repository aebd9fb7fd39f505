import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFakeIo } from '../fake/io.ts'
import { createStyle } from './style.ts'
import { type Column, renderTable } from './table.ts'
import { textWidth } from './width.ts'

interface Row {
  readonly name: string
  readonly count: number
}
const columns: readonly Column<Row>[] = [
  { title: 'NAME', value: (row) => row.name, flexible: true },
  { title: 'COUNT', value: (row) => String(row.count), align: 'end' },
]
const style = createStyle(createFakeIo().stdout, {})

test('columns are aligned, whatever their characters', () => {
  const rows = [
    { name: '日本', count: 7 },
    { name: 'plain', count: 1234 },
  ]
  assert.deepEqual(renderTable(columns, rows, style), ['NAME   COUNT', '日本       7', 'plain   1234'])
})

test('a table that is too wide is cut where it may be', () => {
  const lines = renderTable(columns, [{ name: 'a name that is much too long', count: 5 }], style, 20)
  assert.deepEqual(lines, ['NAME           COUNT', 'a name that …      5'])
  assert.ok(lines.every((line) => textWidth(line) <= 20))
})

test('a cell cannot bring a line break or an escape sequence', () => {
  assert.equal(renderTable(columns, [{ name: 'a\n\x1b[2J', count: 1 }], style)[1], 'a\\n\\x1b[2J      1')
})
