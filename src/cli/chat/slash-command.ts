import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { PolisError } from '../../core/error.ts'
import { nearest } from '../../core/nearest.ts'

/** What a line that begins with a slash asks for. */
export type SlashCommand =
  | { readonly kind: 'help' | 'history' | 'quit' }
  | { readonly kind: 'new'; readonly session: string | undefined }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'attach'; readonly file: string }

const COMMANDS = [
  ['/help', 'this list'],
  ['/new [ID]', 'begin another session, or go on in one'],
  ['/history', 'print the conversation from its beginning'],
  ['/title TEXT', 'name the session'],
  ['/attach FILE', 'send a file with the next message'],
  ['/quit', 'leave; the session stays'],
] as const

/** What may be typed, in lines. */
export const HELP: readonly string[] = [
  ...COMMANDS.map(([usage, about]) => `  ${usage.padEnd(14)} ${about}`),
  '  Ctrl-C         interrupt the answer; once more: leave',
]

/** The command that a line is, or undefined where it is something to say. Two slashes say a text that begins with one. */
export function parseSlash(line: string): SlashCommand | undefined {
  if (!line.startsWith('/') || line.startsWith('//')) return undefined
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/.exec(line.trim()) ?? []
  const argument = rest === '' ? undefined : rest
  if (name === 'help' || name === 'history' || name === 'quit') return { kind: name }
  if (name === 'new') return { kind: 'new', session: argument }
  if (name === 'title') return { kind: 'title', title: needs(argument, '/title TEXT') }
  if (name === 'attach') return { kind: 'attach', file: needs(argument, '/attach FILE') }
  const names = COMMANDS.map(([usage]) => usage.split(' ')[0]?.slice(1) ?? '')
  const near = nearest(name, names)
  throw new PolisError(
    'INVALID_ARGUMENT',
    `There is no /${name}: ${near === undefined ? '/help lists what there is' : `did you mean /${near}?`}`,
  )
}

/** The bytes of a file to attach, and its name. INVALID_ARGUMENT when it cannot be read. */
export async function readAttachment(
  file: string,
  cwd: string,
): Promise<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }> {
  try {
    return { name: basename(file), bytes: new Uint8Array(await readFile(resolve(cwd, file))) }
  } catch (cause) {
    throw new PolisError('INVALID_ARGUMENT', `/attach: ${file} cannot be read: ${PolisError.from(cause).message}`, {
      cause,
    })
  }
}

/** The media type that a file's name tells. */
export function mediaTypeOf(name: string): string {
  return MEDIA_TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ...{ txt: 'text/plain', log: 'text/plain', md: 'text/markdown', csv: 'text/csv', html: 'text/html' },
  ...{
    json: 'application/json',
    pdf: 'application/pdf',
    xml: 'application/xml',
    yaml: 'application/yaml',
    yml: 'application/yaml',
  },
  ...{ png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' },
  ...{ mp3: 'audio/mpeg', wav: 'audio/wav', mp4: 'video/mp4' },
}

function needs(argument: string | undefined, usage: string): string {
  if (argument !== undefined) return argument
  throw new PolisError('INVALID_ARGUMENT', `Expected ${usage}`)
}
