/** Random workflows: a small grammar of what code may do, its generator, and its interpreter. */
import fc from 'fast-check'
import type { Effect } from '../../core/tool.ts'
import type { Scope, StepCall } from '../scope.ts'
import { terms } from './test-bed.ts'

/** One thing that code does. Names come from where it stands, so that each is found again. */
export type Act =
  | { readonly kind: 'step'; readonly effect: Effect; readonly fails: number; readonly slow: boolean }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'value'; readonly of: 'now' | 'random' | 'uuid' }
  | { readonly kind: 'emit' | 'receive' | 'ask' | 'snapshot' }
  | { readonly kind: 'branch' | 'child' | 'race' | 'loose'; readonly acts: readonly Act[] }
  | { readonly kind: 'all' | 'free-race'; readonly branches: readonly (readonly Act[])[] }

/** What the interpreter needs from the test. */
export interface Stage {
  /** Called whenever a step's function is; answers its result or throws. */
  readonly perform: (id: string, act: Act & { readonly kind: 'step' }, call: StepCall) => unknown
  readonly make: (kind: 'now' | 'random' | 'uuid') => unknown
}

const leaf: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      effect: fc.constantFrom<Effect>('read', 'idempotent', 'once'),
      fails: fc.constantFrom(0, 0, 0, 1, 2, 5),
      slow: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('sleep' as const), ms: fc.constantFrom(0, 10, 90, 5_000, 86_400_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('value' as const), of: fc.constantFrom('now', 'random', 'uuid') }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('emit', 'receive', 'ask') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('snapshot' as const) }) },
)

/** Programs; with `free` ones whose races anybody may win, so that their result depends on time. */
export function programs(free: boolean): fc.Arbitrary<readonly Act[]> {
  return fc.letrec<{ acts: readonly Act[]; act: Act }>((tie) => ({
    acts: fc.array(tie('act'), { minLength: 1, maxLength: 5 }),
    act: fc.oneof(
      { maxDepth: 2, depthIdentifier: 'acts' },
      { weight: 6, arbitrary: leaf },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constantFrom('branch', 'child', 'race', 'loose'), acts: tie('acts') }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: free ? fc.constantFrom('all', 'free-race') : fc.constant('all'),
          branches: fc.array(tie('acts'), { minLength: 1, maxLength: 3 }),
        }),
      },
    ),
  })).acts
}

/** Plays a run from its beginning, or on from its last snapshot. */
export function playRun(scope: Scope, acts: readonly Act[], path: string, stage: Stage): Promise<unknown[]> {
  // What `play` gave to `snapshot`.
  return play(scope, acts, path, stage, (scope.resumed ?? []) as unknown[])
}

/** Does all acts in order, and answers what each came to; failures are caught and are results too. */
async function play(
  scope: Scope,
  acts: readonly Act[],
  path: string,
  stage: Stage,
  done: readonly unknown[] = [],
): Promise<unknown[]> {
  const results = [...done]
  for (const [at, act] of acts.entries()) {
    if (at < done.length) continue
    try {
      // A snapshot holds what came before it, and that it was taken.
      if (act.kind === 'snapshot') await scope.snapshot([...results, 'snapshot'])
      results.push(act.kind === 'snapshot' ? 'snapshot' : await playOne(scope, act, `${path}${at}`, stage))
    } catch (error) {
      if (scope.signal().aborted) throw error
      results.push('failed')
    }
  }
  return results
}

function playOne(scope: Scope, act: Exclude<Act, { kind: 'snapshot' }>, id: string, stage: Stage): unknown {
  const below = (acts: readonly Act[], name: string) => (lane: Scope) => play(lane, acts, `${id}${name}`, stage)
  const lanes = (branches: readonly (readonly Act[])[]) =>
    branches.map((acts, at) => [`b${at}`, below(acts, `b${at}x`)] as const)
  switch (act.kind) {
    case 'step':
      return scope.step(`s${id}`, (call) => stage.perform(id, act, call), terms({ effect: act.effect, hash: `h${id}` }))
    case 'sleep':
      return scope.sleep(act.ms)
    case 'value':
      return scope.value(`${act.of}.value`, () => stage.make(act.of))
    case 'emit':
      return scope.emit(`e${id}`, { id })
    case 'receive':
      // Letters are for the run itself: nobody writes to a child.
      return id.includes('c') ? scope.emit(`e${id}`, { id }) : scope.receive(`m${id}`, undefined)
    case 'ask':
      return scope.ask(`q${id}`, { question: id, schema: {} })
    case 'branch':
      return scope.branch(`b${id}`, below(act.acts, 'x'))
    case 'child':
      return scope.child(`c${id}`, 'agent', { acts: act.acts, path: `${id}c` }, {})
    case 'race':
      return scope.race([
        ['late', (lane) => lane.sleep(400 * 86_400_000)],
        ['real', below(act.acts, 'x')],
      ])
    case 'loose':
      return scope.all([
        ['a', async (lane) => Promise.all([play(lane, act.acts, `${id}x`, stage), lane.sleep(20)])],
        ['b', async (lane) => Promise.allSettled([lane.sleep(5), lane.emit(`l${id}`, null)]).then(() => 'b')],
      ])
    case 'all':
      return scope.all(lanes(act.branches))
    case 'free-race':
      return scope.race(lanes(act.branches))
  }
}
