import { createKnownSecrets } from '../../core/known-secrets.ts'
import type { ModelRequest } from '../../core/model.ts'
import { redactText } from '../../core/secret.ts'
import { textsOf } from '../text.ts'

const LONGEST = 300
const MOST_READ = 8192
// Shorter agreements are chance: names of options, common words.
const QUOTE = 16
// A prompt may be long, and each piece of the line is looked for in all of it.
const STRIDE = 4

/**
 * A provider's own words as they may be shown: one line, without secrets, and none at all where they quote the request.
 *
 * Providers like to repeat what they were sent; prompts stay out of errors and logs.
 */
export function wordsOf(text: string, request: ModelRequest, secrets: readonly string[]): string | undefined {
  const known = createKnownSecrets()
  for (const secret of secrets) known.add(secret)
  // Before it becomes one line, and is cut: nobody would know the rest of a secret.
  const line = redactText(known.hide(text.slice(0, MOST_READ)))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST)
  return line === '' || quotes(line, request) ? undefined : line
}

function quotes(line: string, request: ModelRequest): boolean {
  const texts = textsOf(request).map((text) => text.replace(/\s+/g, ' '))
  // A short prompt is quoted as a whole.
  if (texts.some((text) => text.length >= 4 && text.length < QUOTE && line.includes(text) && /\W/.test(text)))
    return true
  for (let at = 0; at + QUOTE <= line.length; at += STRIDE) {
    const piece = line.slice(at, at + QUOTE)
    if (texts.some((text) => text.includes(piece))) return true
  }
  return false
}
