/** Annotation of an object that says when it is to go. */
export const EXPIRES = 'agentpolis.dev/expires'

/**
 * What the Job that ends faults executes: a module for Node.
 *
 * It looks at the object (`OBJECT_URL`) every so many milliseconds (`LOOK_EVERY`), so that another end can be given by changing the
 * annotation, and deletes it when it is over, or when it does not say when that is. An object that was never there is waited for (`WAIT_FOR`):
 * the Job is made before it. Anything unexpected ends the process, which the Job starts again.
 */
export const EXPIRY_SCRIPT = `import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const { OBJECT_URL: url, TOKEN_FILE: tokenFile, LOOK_EVERY: every, WAIT_FOR: patience } = process.env
const start = Date.now()
let seen = false
for (;;) {
  const headers = { authorization: 'Bearer ' + (await readFile(tokenFile, 'utf8')).trim() }
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) })
  if (answer.status !== 200 && answer.status !== 404) throw new Error('GET answered ' + answer.status)
  if (answer.status === 404 && (seen || Date.now() - start >= Number(patience))) break
  let left = Number(every)
  if (answer.status === 200) {
    seen = true
    const { metadata } = await answer.json()
    left = Date.parse(metadata.annotations?.['${EXPIRES}']) - Date.now()
    if (!(left > 0)) {
      const gone = await fetch(url, { method: 'DELETE', headers, signal: AbortSignal.timeout(10_000) })
      if (!gone.ok && gone.status !== 404) throw new Error('DELETE answered ' + gone.status)
      console.log('the faults have ended')
      break
    }
  }
  await pause(Math.min(left, Number(every)))
}
`
