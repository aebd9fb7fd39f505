/** One entry of a tar file. */
export interface TarEntry {
  /** Without `./` before it. */
  readonly name: string
  /** Of its content, in bytes. */
  readonly size: number
  /** Where its content begins, in bytes. */
  readonly offset: number
  /** Where it was wanted. */
  readonly content: Buffer | undefined
}

const BLOCK = 512

/**
 * The entries of a tar file, as it is read; of those that `wants` names, with their content, which is then in memory.
 *
 * Reads what builders of images write: ustar with prefixes, GNU's long names, and paths and sizes of pax.
 */
export async function* readTar(
  stream: AsyncIterable<Uint8Array>,
  wants: (name: string, size: number) => boolean,
): AsyncGenerator<TarEntry> {
  const reader = createReader(stream)
  let long: { readonly path?: string; readonly size?: number } = {}
  for (let header = await reader.take(BLOCK); header !== undefined; header = await reader.take(BLOCK)) {
    // Two empty blocks are its end.
    if (header[0] === 0) return
    const type = String.fromCharCode(header[156] ?? 0)
    const size = long.size ?? Number.parseInt(textAt(header, 124, 12), 8)
    if (type === 'L' || type === 'x') {
      const content = (await reader.take(padded(size)))?.subarray(0, size) ?? Buffer.alloc(0)
      long = type === 'L' ? { path: textAt(content, 0, size) } : parsePax(content)
      continue
    }
    const name = (long.path ?? nameIn(header)).replace(/^\.?\//, '')
    const offset = reader.position()
    long = {}
    // Links and folders have a size in some tar files, and no content in any.
    const length = type === '0' || type === '\0' || type === 'g' ? size : 0
    const isWanted = length > 0 && wants(name, length)
    const content = isWanted ? await reader.take(padded(length)) : await reader.skip(padded(length))
    yield { name, size: length, offset, content: content?.subarray(0, length) }
  }
}

function createReader(stream: AsyncIterable<Uint8Array>) {
  const source = stream[Symbol.asyncIterator]()
  let [buffered, position]: [Buffer, number] = [Buffer.alloc(0), 0]
  const more = async () => {
    const { done, value } = await source.next()
    if (done) return false
    buffered = buffered.length === 0 ? Buffer.from(value) : Buffer.concat([buffered, value])
    return true
  }
  return {
    position: () => position,
    async take(length: number): Promise<Buffer | undefined> {
      while (buffered.length < length) if (!(await more())) return undefined
      const taken = buffered.subarray(0, length)
      buffered = buffered.subarray(length)
      position += length
      return taken
    },
    async skip(length: number): Promise<undefined> {
      position += length
      let left = length
      while (left > buffered.length) {
        left -= buffered.length
        buffered = Buffer.alloc(0)
        if (!(await more())) return
      }
      buffered = buffered.subarray(left)
    },
  }
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}

function nameIn(header: Buffer): string {
  const prefix = textAt(header, 257, 5) === 'ustar' ? textAt(header, 345, 155) : ''
  const name = textAt(header, 0, 100)
  return prefix === '' ? name : `${prefix}/${name}`
}

function textAt(bytes: Buffer, start: number, length: number): string {
  const field = bytes.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.subarray(0, end === -1 ? length : end).toString('utf8')
}

// Records of pax: `30 path=some/long/name`, each with its length before it.
function parsePax(content: Buffer): { readonly path?: string; readonly size?: number } {
  const text = content.toString('utf8')
  const path = /^\d+ path=(.*)$/m.exec(text)?.[1]
  const size = /^\d+ size=(\d+)$/m.exec(text)?.[1]
  return { ...(path === undefined ? {} : { path }), ...(size === undefined ? {} : { size: Number(size) }) }
}
