import { Buffer } from 'node:buffer'

/** What can be packed: undefined and null are nil in Lua, bytes a string. */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [name: string]: Value }

/** Writes MessagePack as Redis' `cmsgpack` reads it: it knows no binary type, so that bytes go as strings. */
export interface Packer {
  /** Forgets what was written after so many bytes. */
  cut(size: number): void
  /** Bytes written. */
  size(): number
  /** Begins an array of so many values. */
  array(length: number): void
  value(value: Value): void
  text(text: string): void
  number(number: number): void
  /** Values that were packed before. */
  raw(bytes: Uint8Array): void
  /** One string of ASCII text and bytes after it. */
  joined(head: string, bytes: Uint8Array): void
  /** Begins an array, or a map, whose length is not known yet; answers what sets it. */
  openArray(): (length: number) => void
  openMap(): (length: number) => void
  /** A copy of what was written. */
  take(): Buffer
}

/** Where is written: memory that is kept from one message to the next. */
interface Sink {
  buffer: Buffer
  at: number
}

/** Makes a packer, with memory for so many bytes at first. */
export function createPacker(bytes = 64 * 1024): Packer {
  const sink: Sink = { buffer: Buffer.allocUnsafe(bytes), at: 0 }
  return {
    cut: (size) => {
      sink.at = size
    },
    size: () => sink.at,
    array: (length) => putHead(sink, ARRAY, length),
    value: (value) => putValue(sink, value),
    text: (text) => putText(sink, text),
    number: (number) => putNumber(sink, number),
    raw: (bytes) => putRaw(sink, bytes),
    joined: (head, bytes) => putJoined(sink, head, bytes),
    openArray: () => open(sink, ARRAY),
    openMap: () => open(sink, MAP),
    take: () => Buffer.from(sink.buffer.subarray(0, sink.at)),
  }
}

/** How the head of a type is written: up to a length in one byte, and with two or four bytes of length. */
interface Head {
  readonly small: number
  readonly most: number
  readonly two: number
  readonly four: number
}

const ARRAY: Head = { small: 0x90, most: 16, two: 0xdc, four: 0xdd }
const MAP: Head = { small: 0x80, most: 16, two: 0xde, four: 0xdf }
const TEXT: Head = { small: 0xa0, most: 32, two: 0xda, four: 0xdb }
const LONGEST_HEAD = 5

/** Text up to this length is written without asking Node, which costs more than the text. */
const SHORT = 64

function need(sink: Sink, bytes: number): void {
  if (sink.at + bytes <= sink.buffer.length) return
  const larger = Buffer.allocUnsafe(Math.max(sink.buffer.length * 2, sink.at + bytes))
  sink.buffer.copy(larger, 0, 0, sink.at)
  sink.buffer = larger
}

function putHead(sink: Sink, { small, most, two, four }: Head, length: number): void {
  need(sink, LONGEST_HEAD)
  if (length < most) putByte(sink, small | length)
  else if (length < 0x1_00_00) {
    putByte(sink, two)
    sink.at = sink.buffer.writeUInt16BE(length, sink.at)
  } else {
    putByte(sink, four)
    sink.at = sink.buffer.writeUInt32BE(length, sink.at)
  }
}

function putByte(sink: Sink, byte: number): void {
  sink.buffer[sink.at++] = byte
}

function putText(sink: Sink, text: string): void {
  need(sink, text.length * 3 + LONGEST_HEAD)
  if (text.length < SHORT && isPut(sink, text)) return
  putHead(sink, TEXT, Buffer.byteLength(text))
  sink.at += sink.buffer.write(text, sink.at)
}

// False where the text is not ASCII, and nothing is written.
function isPut(sink: Sink, text: string): boolean {
  const { buffer } = sink
  const { length } = text
  const start = sink.at + (length < TEXT.most ? 1 : 3)
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) return false
    buffer[start + index] = code
  }
  putHead(sink, TEXT, length)
  sink.at = start + length
  return true
}

function putBytes(sink: Sink, bytes: Uint8Array): void {
  need(sink, bytes.length + LONGEST_HEAD)
  putHead(sink, TEXT, bytes.length)
  sink.buffer.set(bytes, sink.at)
  sink.at += bytes.length
}

function putJoined(sink: Sink, head: string, bytes: Uint8Array): void {
  const length = head.length + bytes.length
  need(sink, length + LONGEST_HEAD)
  putHead(sink, TEXT, length)
  sink.at += sink.buffer.write(head, sink.at, 'latin1')
  sink.buffer.set(bytes, sink.at)
  sink.at += bytes.length
}

function putRaw(sink: Sink, bytes: Uint8Array): void {
  need(sink, bytes.length)
  sink.buffer.set(bytes, sink.at)
  sink.at += bytes.length
}

function putNumber(sink: Sink, number: number): void {
  need(sink, 9)
  if (Number.isInteger(number) && number >= 0 && number < 128) putByte(sink, number)
  else {
    putByte(sink, 0xcb)
    sink.at = sink.buffer.writeDoubleBE(number, sink.at)
  }
}

function putValue(sink: Sink, value: Value): void {
  if (typeof value === 'string') putText(sink, value)
  else if (typeof value === 'number') putNumber(sink, value)
  else if (typeof value !== 'object' || value === null) putSingle(sink, value)
  else if (value instanceof Uint8Array) putBytes(sink, value)
  else if (isArray(value)) {
    putHead(sink, ARRAY, value.length)
    for (const part of value) putValue(sink, part)
  } else putObject(sink, value)
}

function putSingle(sink: Sink, value: boolean | null | undefined): void {
  need(sink, 1)
  putByte(sink, value === true ? 0xc3 : value === false ? 0xc2 : 0xc0)
}

function putObject(sink: Sink, value: { readonly [name: string]: Value }): void {
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  putHead(sink, MAP, entries.length)
  for (const [name, part] of entries) {
    putText(sink, name)
    putValue(sink, part)
  }
}

function open(sink: Sink, { four }: Head): (length: number) => void {
  need(sink, LONGEST_HEAD)
  const place = sink.at
  sink.at += LONGEST_HEAD
  return (length) => {
    sink.buffer[place] = four
    sink.buffer.writeUInt32BE(length, place + 1)
  }
}

// What is not any of the others.
function isArray(value: readonly Value[] | { readonly [name: string]: Value }): value is readonly Value[] {
  return Array.isArray(value)
}
