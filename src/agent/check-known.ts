import { PolisError } from '../core/error.ts'
import { nearest } from '../core/nearest.ts'
import { isRecord } from '../core/record.ts'

const AMOUNTS = ['tokens', 'cost']

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  '': [
    ...['name', 'description', 'input', 'output', 'limits', 'budget', 'session', 'run'],
    ...['model', 'instructions', 'tools', 'maxOutputTokens', 'temperature', 'reasoning', 'stream'],
  ],
  limits: ['concurrency', 'duration', 'steps', 'stepTimeout', 'turns', ...AMOUNTS],
  budget: ['session', 'day', 'exhausted'],
  'budget.session': AMOUNTS,
  'budget.day': AMOUNTS,
  session: ['state', 'concurrency'],
}

/**
 * INVALID_CONFIG unless an agent has options alone that there are: types are not checked when it is loaded, and a limit with a
 * mistake in its name would limit nothing.
 */
export function checkKnown(agent: string, given: Readonly<Record<string, unknown>>): void {
  for (const [path, known] of Object.entries(KNOWN)) {
    const value =
      path === '' ? given : path.split('.').reduce<unknown>((it, key) => (isRecord(it) ? it[key] : undefined), given)
    if (!isRecord(value)) continue
    const stray = Object.keys(value).find((key) => value[key] !== undefined && !known.includes(key))
    if (stray === undefined) continue
    const meant = nearest(stray, known)
    const advice = meant === undefined ? `there are ${known.join(', ')}` : `did you mean '${meant}'?`
    const option = path === '' ? stray : `${path}.${stray}`
    throw new PolisError('INVALID_CONFIG', `defineAgent ${agent}: there is no option ${option}: ${advice}`)
  }
}
