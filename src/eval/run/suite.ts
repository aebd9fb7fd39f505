import { PolisError } from '../../core/error.ts'
import { EVAL_AGENT, EVAL_TAGS, EVALS_AGENT } from '../../core/eval.ts'
import { nearest } from '../../core/nearest.ts'
import type { Program } from '../../engine/program.ts'
import type { Scope } from '../../engine/scope.ts'
import { SYSTEM_RELEASE } from '../../engine/system-agent.ts'
import type { Store } from '../../store/store.ts'
import { checkFiles } from '../case/collect.ts'
import type { LoadedEval } from '../load-evals.ts'
import type { EvalsRequest } from '../plan.ts'
import { readResult, type SuiteEval, type SuiteResult } from '../result.ts'
import type { EvalDependencies } from './dependencies.ts'
import { readPlan } from './read-plan.ts'
import { readRequest } from './request.ts'
import { readTerms } from './terms.ts'

/** An eval that a suite will run. */
interface Listed {
  readonly eval: string
  readonly agent: string
  readonly release: string
}

const LOADING = 60_000
const TOO_FEW =
  'agent.max_concurrent_workflows and limits.tenant.concurrency: evals need at least 2, one for the eval and one for its case, got 1: raise it'

/**
 * The agent that evaluates a project: it loads the evals, and runs one after the other as a child run that is found by its tags.
 *
 * Whatever is wrong with a file fails it before anything is spent.
 */
export function suiteProgram(dependencies: EvalDependencies): Program {
  return {
    name: EVALS_AGENT,
    release: SYSTEM_RELEASE,
    limits: {},
    async run(scope, input) {
      const request = readRequest(input)
      // What its own step recorded.
      const listed = (await scope.step(
        'load',
        () => list(dependencies, scope.record.tenant, request),
        readTerms(LOADING),
      )) as readonly Listed[]
      const evals: SuiteEval[] = []
      for (const each of listed) evals.push(await evaluate(scope, each, request))
      return { passed: evals.every(({ passed }) => passed), evals } satisfies SuiteResult
    },
  }
}

async function list(
  { evals, releases, slots, store }: EvalDependencies,
  tenant: string,
  { names, repeat }: EvalsRequest,
): Promise<readonly Listed[]> {
  // An eval stays in memory while its cases run.
  if (slots < 2) throw new PolisError('INVALID_CONFIG', TOO_FEW)
  const repeated = repeat === undefined ? undefined : await repeatedEval(store, tenant, repeat)
  const loaded = select(await evals(), names ?? repeated)
  for (const each of loaded) await checkFiles(each)
  return loaded.map(({ definition: { name, agent } }) => ({ eval: name, agent, release: releases.get(agent) ?? '' }))
}

// Only the eval that the cases are of can run them again.
async function repeatedEval(store: Store, tenant: string, run: string): Promise<readonly string[]> {
  const plan = await readPlan(store, tenant, run)
  if (plan !== undefined) return [plan.eval]
  throw new PolisError('INVALID_INPUT', `Option repeat: expected a run of ${EVAL_AGENT}, got ${run}`, {
    details: { hint: "'polis eval list' names them" },
  })
}

function select(evals: readonly LoadedEval[], names: readonly string[] | undefined): readonly LoadedEval[] {
  if (names === undefined || names.length === 0) return evals
  const known = evals.map(({ definition }) => definition.name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return evals.filter(({ definition }) => names.includes(definition.name))
  const near = nearest(unknown, known)
  throw new PolisError('NOT_FOUND', `There is no eval '${unknown}': there are ${known.join(', ')}`, {
    details: { hint: near === undefined ? 'Each file evals/NAME.eval.ts defines one' : `Did you mean ${near}?` },
  })
}

async function evaluate(scope: Scope, listed: Listed, request: EvalsRequest): Promise<SuiteEval> {
  const tags = { [EVAL_TAGS.eval]: listed.eval, [EVAL_TAGS.agent]: listed.agent, [EVAL_TAGS.release]: listed.release }
  try {
    const output = await scope.child(listed.eval, EVAL_AGENT, { ...request, names: [listed.eval] }, tags)
    const result = readResult(output)
    return {
      ...listed,
      passed: result?.verdict.passed === true,
      ...(result?.mean === undefined ? {} : { mean: result.mean }),
    }
  } catch (reason) {
    if (scope.signal().aborted) throw reason
    const { code, message } = PolisError.from(reason).toJSON()
    return { ...listed, passed: false, error: { code, message } }
  }
}
