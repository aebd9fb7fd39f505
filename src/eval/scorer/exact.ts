import { canonical } from '../../core/json.ts'
import type { Evidence, Scorer } from '../evidence.ts'
import { failure } from './failure.ts'
import { atPath, brief } from './path.ts'

/**
 * 1 where the output is what the case expects, else 0. The order of keys does not matter.
 *
 * With a path, such as `order.status`, only what lies there counts; `expected` may be an object that has the path too, or just the value.
 */
export function exact(path?: string): Scorer {
  return Object.freeze({ kind: 'scorer', score: (evidence: Evidence) => failure(evidence) ?? compare(evidence, path) })
}

function compare({ output, expected }: Evidence, path: string | undefined) {
  if (expected === undefined) return { score: 0, reason: 'the case expects nothing: give it expected' }
  const inside = atPath(expected, path)
  const wanted = inside === undefined ? expected : inside
  const got = atPath(output, path)
  if (canonical(got) === canonical(wanted)) return { score: 1 }
  const where = path === undefined ? '' : `${path}: `
  return { score: 0, reason: `${where}expected ${brief(wanted)}, got ${brief(got)}` }
}
