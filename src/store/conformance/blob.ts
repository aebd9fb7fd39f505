import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { bytes } from './build.ts'
import type { Prove } from './world.ts'

const MIB = 1024 * 1024

/** Blobs: the bytes that were put, under their hash. */
export function proveBlob(prove: Prove): void {
  prove('a blob is kept under the SHA-256 of its bytes, with name and type', async ({ blob, clock, another }) => {
    const content = bytes('Grüße 🌍')
    const hash = createHash('sha256').update(content).digest('hex')
    const record = await blob.put('t1', content, { name: 'Gruß.txt', mediaType: 'text/plain' })
    const { size, createdAt, name, mediaType } = record
    assert.deepEqual([record.hash, size, createdAt], [hash, content.byteLength, clock.now()])
    assert.deepEqual([name, mediaType], ['Gruß.txt', 'text/plain'])
    const other = await another()
    assert.deepEqual(await other.blob.head('t1', hash), record)
    assert.deepEqual(await gather(await other.blob.read('t1', hash)), content)
  })

  prove('the same bytes again are the same blob', async ({ blob }) => {
    const first = await blob.put('t1', bytes('same'))
    const again = await blob.put('t1', bytes('same'))
    assert.equal(again.hash, first.hash)
  })

  prove('a blob is put and read as a stream, in chunks of at most 1 MiB', async ({ blob }) => {
    const chunk = Uint8Array.from({ length: 700_001 }, (_, index) => index % 251)
    const record = await blob.put('t1', streamOf([chunk, new Uint8Array(), chunk, chunk, chunk]))
    assert.equal(record.size, 4 * chunk.byteLength)
    const read = await blob.read('t1', record.hash)
    const sizes: number[] = []
    const digest = createHash('sha256')
    for await (const part of read ?? []) {
      sizes.push(part.byteLength)
      digest.update(part)
    }
    assert.ok(sizes.every((size) => size <= MIB))
    assert.equal(digest.digest('hex'), record.hash)
  })

  prove('a blob of nothing is a blob', async ({ blob }) => {
    const { hash, size } = await blob.put('t1', new Uint8Array())
    assert.equal(size, 0)
    assert.deepEqual(await gather(await blob.read('t1', hash)), new Uint8Array())
  })

  prove('a stream that fails leaves no blob, and says why', async ({ blob }) => {
    const failing = async function* () {
      yield bytes('begin')
      throw new Error('the client went away')
    }
    await assert.rejects(blob.put('t1', failing()), /the client went away/)
    const hash = createHash('sha256').update(bytes('begin')).digest('hex')
    assert.equal(await blob.head('t1', hash), undefined)
  })

  prove('a blob of one tenant is not there for another', async ({ blob }) => {
    const { hash } = await blob.put('t1', bytes('secret'))
    assert.equal(await blob.head('t2', hash), undefined)
    assert.equal(await blob.read('t2', hash), undefined)
  })

  prove('what is not a hash names no blob', async ({ blob }) => {
    for (const hash of ['', '../../etc/passwd', 'A'.repeat(64), '🌍', '0'.repeat(64)]) {
      assert.equal(await blob.head('t1', hash), undefined)
      assert.equal(await blob.read('t1', hash), undefined)
    }
  })
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

async function gather(stream: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array> {
  assert.ok(stream, 'there is such a blob')
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}
