import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readTar } from './tar.ts'

test('tar files are read in chunks of any size, with long names, and contents where they are wanted', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'polis-tar-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const long = `${'folder/'.repeat(40)}file.txt`
  mkdirSync(join(folder, 'folder/'.repeat(40)), { recursive: true })
  writeFileSync(join(folder, long), 'long')
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(5000, 7))
  for (const format of ['gnu', 'pax', 'ustar']) {
    const files = format === 'ustar' ? ['large.bin'] : ['large.bin', long]
    const tar = execFileSync('tar', ['-C', folder, `--format=${format}`, '-c', ...files])
    for (const size of [1, 511, 4096, tar.length]) {
      const found = await Array.fromAsync(readTar(inChunks(tar, size), (name) => name.endsWith('.txt')))
      assert.deepEqual(
        found.map(({ name, size }) => [name, size]),
        files.map((name) => [name, name === long ? 4 : 5000]),
      )
      const [large, text] = found
      assert.equal(large?.content, undefined)
      assert.equal(tar[large?.offset ?? 0], 7, 'where the content begins')
      if (format !== 'ustar') assert.equal(text?.content?.toString(), 'long')
    }
  }
})

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
