import { z } from 'zod'
import type { ApiKeyRecord } from '../../core/api-key.ts'
import { PolisError } from '../../core/error.ts'
import { isTenant } from '../../core/name.ts'
import { SCOPES } from '../../core/route/operation.ts'

const record = z.strictObject({
  id: z.string().min(1).max(100),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected the SHA-256 of a key: 64 lower-case hexadecimal characters'),
  tenant: z.string().refine(isTenant, { error: 'expected letters, digits, hyphens or underscores' }),
  scopes: z.array(z.enum(SCOPES)),
})

/**
 * Reads the text of an API key file: a JSON array of records, or one record a line (empty lines and lines that begin with # are
 * skipped).
 *
 * Throws INVALID_CONFIG with the file, the place and what is wrong; never a part of a hash.
 */
export function parseApiKeys(text: string, file: string): readonly ApiKeyRecord[] {
  const records = splitRecords(text, file).map(({ place, value }) => {
    const parsed = record.safeParse(value)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw invalid(file, place, `${issue?.path.join('.') || 'record'}: ${issue?.message}`)
  })
  const ids = records.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw invalid(file, `id ${twice}`, 'is there twice')
  return records
}

interface Place {
  readonly place: string
  readonly value: unknown
}

function splitRecords(text: string, file: string): readonly Place[] {
  if (text.trimStart().startsWith('[')) {
    const list = parse(text, file, 'the array')
    if (Array.isArray(list)) return list.map((value, index) => ({ place: `record ${index + 1}`, value }))
  }
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), place: `line ${index + 1}` }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, place }) => ({ place, value: parse(line, file, place) }))
}

function parse(text: string, file: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may hold a key by mistake.
    throw invalid(file, place, 'is not JSON')
  }
}

function invalid(file: string, place: string, problem: string): PolisError {
  return new PolisError(
    'INVALID_CONFIG',
    `auth.api_keys_file ${file}, ${place}: ${problem}. Expected {"id", "sha256", "tenant", "scopes"}`,
  )
}
