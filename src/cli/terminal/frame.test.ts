import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { createFakeIo } from '../fake/io.ts'
import { createFrame } from './frame.ts'

const begin = (rows = 24) => {
  const clock = manualClock(0)
  const io = createFakeIo({ tty: true, clock, rows })
  const screen = { lines: ['one', 'two'] as readonly string[] }
  return { clock, io, screen, frame: createFrame(io.stdout, clock, () => screen.lines) }
}

test('a frame is drawn over the one before', () => {
  const { clock, io, screen, frame } = begin()
  frame.invalidate()
  assert.equal(io.out(), '\x1b[?25l\r\x1b[0Jone\ntwo\n')
  screen.lines = ['three']
  clock.advance(100)
  frame.invalidate()
  assert.ok(io.out().endsWith('\x1b[2A\x1b[0Jthree\n'))
})

test('many requests within 80 ms become one frame', () => {
  const { clock, io, screen, frame } = begin()
  for (let at = 0; at < 40; at++) {
    screen.lines = [`at ${at}`]
    frame.invalidate()
    clock.advance(2)
  }
  assert.equal(io.out().split('\x1b[0J').length - 1, 2)
  assert.ok(io.out().endsWith('at 39\n'))
})

test('more lines than rows show the last ones and how many are hidden', () => {
  const { io, screen, frame } = begin(5)
  screen.lines = ['1', '2', '3', '4', '5', '6', '7']
  frame.invalidate()
  assert.ok(io.out().endsWith('… 4 lines above\n5\n6\n7\n'))
})

test('a held frame stays still, and what was typed below it is cleared with it', () => {
  const { clock, io, frame } = begin()
  frame.invalidate()
  frame.hold()
  const held = io.out()
  assert.ok(held.includes('\x1b[?25h'))
  clock.advance(1000)
  frame.invalidate()
  assert.equal(io.out(), held)
  frame.resume(3)
  assert.ok(io.out().slice(held.length).includes('\x1b[5A\x1b[0J'))
})

test('lines that were written below a live frame are cleared with it', () => {
  const { io, frame } = begin()
  frame.invalidate()
  frame.pushed(1)
  assert.ok(io.out().endsWith('\x1b[3A\x1b[0Jone\ntwo\n'))
})

test('closing clears the frame, shows the cursor and leaves no timer', () => {
  const { clock, io, frame } = begin()
  frame.invalidate()
  frame.invalidate()
  frame.close()
  frame.close()
  assert.ok(io.out().endsWith('\r\x1b[2A\x1b[0J\x1b[?25h'))
  assert.equal(clock.nextTimer(), undefined)
})
