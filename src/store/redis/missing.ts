import { PolisError } from '../../core/error.ts'
import type { Store } from '../store.ts'

const refuse = (name: string) => () => Promise.reject(new PolisError('INTERNAL', `The Redis store has no ${name} yet`))

/** What the store does not have yet. */
export const missing: Pick<Store, 'blob' | 'transfer'> & {
  readonly index: Omit<Store['index'], 'get'>
  readonly coordination: Pick<Store['coordination'], 'schedules' | 'putSchedule' | 'removeSchedule' | 'tick'>
} = {
  index: {
    list: refuse('list'),
    counts: refuse('counts'),
    question: refuse('question'),
    questions: refuse('questions'),
    session: refuse('session'),
    sessions: refuse('sessions'),
    turns: refuse('turns'),
    createSession: refuse('createSession'),
    changeSession: refuse('changeSession'),
    budgets: refuse('budgets'),
    costs: refuse('costs'),
    runCost: refuse('runCost'),
    ended: refuse('ended'),
    remove: refuse('remove'),
    removeSession: refuse('removeSession'),
    removeSessionRuns: refuse('removeSessionRuns'),
    expire: refuse('expire'),
  },
  coordination: {
    schedules: refuse('schedules'),
    putSchedule: refuse('putSchedule'),
    removeSchedule: refuse('removeSchedule'),
    tick: refuse('tick'),
  },
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
  blob: { put: refuse('blob'), head: refuse('blob'), read: refuse('blob') },
}
