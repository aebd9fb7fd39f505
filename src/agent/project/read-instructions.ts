import { readFile, realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { PolisError } from '../../core/error.ts'
import type { AgentDefinition } from '../define-agent.ts'

const LARGEST = 256 * 1024

/** The file of an agent's instructions (absolute) and its text; undefined for an agent whose instructions are in no file. */
export async function readInstructions(
  dir: string,
  { name, loop }: AgentDefinition,
): Promise<{ readonly file: string; readonly text: string } | undefined> {
  const instructions = loop?.instructions
  if (typeof instructions !== 'object') return undefined
  const where = `Agent ${name}, option instructions.file`
  const file = resolve(dir, instructions.file)
  const found = await realpath(file).catch((cause: unknown) => {
    throw refusal(where, `a file of the project that can be read, got ${instructions.file}`, cause)
  })
  if (!isWithin(await realpath(dir), found)) throw refusal(where, `a path within the project, got ${instructions.file}`)
  const bytes = await readFile(found)
  if (bytes.byteLength > LARGEST) throw refusal(where, `at most ${LARGEST} bytes, got ${bytes.byteLength}`)
  return { file, text: bytes.toString('utf8') }
}

function isWithin(dir: string, file: string): boolean {
  const path = relative(dir, file)
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
}

function refusal(where: string, expected: string, cause?: unknown): PolisError {
  return new PolisError('INVALID_CONFIG', `${where}: expected ${expected}`, { cause })
}
