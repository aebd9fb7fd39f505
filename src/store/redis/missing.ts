import { PolisError } from '../../core/error.ts'
import type { Store } from '../store.ts'

const refuse = (name: string) => () => Promise.reject(new PolisError('INTERNAL', `The Redis store has no ${name} yet`))

/** What the store does not have yet. */
export const missing: Pick<Store, 'transfer'> = {
  transfer: {
    state: refuse('state'),
    pause: refuse('pause'),
    resume: refuse('resume'),
    snapshot: refuse('snapshot'),
    dump: refuse('dump'),
    begin: refuse('begin'),
    restore: refuse('restore'),
    finish: refuse('finish'),
  },
}
