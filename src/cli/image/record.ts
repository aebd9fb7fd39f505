import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { PolisError } from '../../core/error.ts'
import { readOptional } from './dockerfile.ts'

const RECORD = z.object({
  reference: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  release: z.string(),
  context: z.string(),
  pushed: z.boolean(),
  builtAt: z.string(),
})

/** The image that was built last, as `.polis/image.json` has it. */
export type ImageRecord = Readonly<z.infer<typeof RECORD>>

const path = (dir: string) => join(dir, '.polis/image.json')

/** Remembers an image, for whoever renders or applies. */
export async function writeRecord(dir: string, record: ImageRecord): Promise<void> {
  await mkdir(join(dir, '.polis'), { recursive: true })
  await writeFile(path(dir), `${JSON.stringify(record, null, 2)}\n`)
}

/** The image that was built last; undefined where none was. Rejects with INVALID_CONFIG where the file says something else. */
export async function readRecord(dir: string): Promise<ImageRecord | undefined> {
  const text = await readOptional(path(dir))
  if (text === undefined) return undefined
  try {
    return RECORD.parse(JSON.parse(text))
  } catch (cause) {
    throw new PolisError(
      'INVALID_CONFIG',
      '.polis/image.json is not what `polis build` writes: delete it, or build again',
      {
        ...{ cause, details: { hint: 'npx polis build' } },
      },
    )
  }
}
