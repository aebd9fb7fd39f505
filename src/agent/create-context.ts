import type { StandardSchemaV1 } from '@standard-schema/spec'
import { parseDuration } from '../core/duration.ts'
import { PolisError } from '../core/error.ts'
import { SIGNAL, WITH_ABORT_SIGNAL, withAbortSignal } from '../core/lazy-signal.ts'
import { assertName } from '../core/name.ts'
import { uuid } from '../core/random.ts'
import { validate } from '../core/schema.ts'
import { assertTitle } from '../core/title.ts'
import type { Scope } from '../engine/scope.ts'
import { ask } from './ask.ts'
import { setBehind } from './behind-context.ts'
import type { Context } from './context.ts'
import type { AgentDefinition } from './define-agent.ts'
import type { AgentDependencies } from './dependencies.ts'
import type { GenerateOptions } from './generate.ts'
import { runGenerate } from './run-generate.ts'
import { callTool, getPrompt, readResource } from './server-request.ts'
import type { StepOptions } from './step-options.ts'
import { toTerms } from './step-terms.ts'

/** The context of a run, or of a branch of it, as an author sees it. */
export function createContext(dependencies: AgentDependencies, scope: Scope, agent: AgentDefinition): Context {
  const { clock, random } = dependencies
  const { record } = scope
  const inBranch = (code: (context: Context) => Promise<unknown>) => (below: Scope) =>
    code(createContext(dependencies, below, agent))
  const context = withAbortSignal<Context>({
    __proto__: WITH_ABORT_SIGNAL,
    [SIGNAL]: scope.signal,
    run: record.run,
    tenant: record.tenant,
    agent: record.agent,
    session: sessionOf(scope, agent),
    // The engine hands back what the function returned, through JSON.
    step: (name, fn, options) => runStep(dependencies, scope, name, fn, options) as never,
    tool: (server, tool, args, options) => callTool(dependencies, scope, { server, tool, args, options }),
    // Typed by its schema.
    generate: ((options: AnyGenerate) =>
      runGenerate({ dependencies, scope, budget: agent.budget }, options)) as Context['generate'],
    resource: (server, uri, options) => readResource(dependencies, scope, { server, uri, options }),
    prompt: (server, name, args, options) => getPrompt(dependencies, scope, { server, prompt: name, args, options }),
    async call(target, input, options = {}) {
      const name = typeof target === 'string' ? target : target.name
      // The child validated its output against its own schema.
      return scope.child(assertName(options.name ?? name, 'call name'), name, input, options.tags ?? {}) as never
    },
    sleep: async (duration) => scope.sleep(parseDuration(duration, 'sleep')),
    ask: (question, schema, options) => ask(scope, question, schema, options) as never,
    async receive(name, schema, { timeout } = {}) {
      const data = await scope.receive(
        assertName(name, 'message name'),
        timeout === undefined ? undefined : parseDuration(timeout, 'timeout'),
      )
      return validate(schema, data, `message ${name}`)
    },
    // Branches answer what their code returns.
    branch: (name, fn) => scope.branch(name, inBranch(fn)) as never,
    all: (branches) => runAll(scope, branches, inBranch) as never,
    race: (branches) =>
      scope.race(
        Object.entries(branches).map(([name, fn]) => [assertName(name, 'branch name'), inBranch(fn)]),
      ) as never,
    emit: async (name, data) => scope.emit(assertName(name, 'event name'), data),
    now: () => scope.value('now.value', () => clock.now()),
    random: () => scope.value('random.value', () => random.next()),
    uuid: () => scope.value('uuid.value', () => uuid(random)),
    blob: blobsOf(scope),
    continueAs: (input) => scope.continueAs(input),
  })
  setBehind(context, { scope, clock, models: dependencies.models, defaults: dependencies.defaults })
  return context
}

type AnyGenerate = GenerateOptions<StandardSchemaV1>

function sessionOf(scope: Scope, { state: schema }: AgentDefinition): Context['session'] {
  const id = scope.record.session
  return {
    id,
    async get() {
      const state = (await scope.getSession()) ?? undefined
      return schema === undefined ? state : validate(schema, state, `state of session ${id ?? '(none)'}`)
    },
    set: (state) => scope.setSession(state),
    title: async (title) => scope.setTitle(assertTitle(title)),
  }
}

function blobsOf({ blobs }: Scope): Context['blob'] {
  return {
    async put(bytes, info) {
      const { hash, size } = await blobs.put(Buffer.from(bytes), info)
      return { hash, size }
    },
    read: blobs.read,
  }
}

type AnyBranch = (context: Context) => Promise<unknown>

async function runAll(
  scope: Scope,
  branches: object,
  inBranch: (code: AnyBranch) => (below: Scope) => Promise<unknown>,
): Promise<unknown> {
  // Typed by `Context.all`: an array of branches, or an object of them.
  const list = Object.entries(branches as Record<string, AnyBranch>)
  const isArray = Array.isArray(branches)
  for (const [name] of list) if (!isArray) assertName(name, 'branch name')
  const results = await scope.all(list.map(([name, code]) => [name, inBranch(code)] as const))
  return isArray ? results : Object.fromEntries(list.map(([name], at) => [name, results[at]]))
}

function runStep(
  { defaults }: AgentDependencies,
  scope: Scope,
  name: string,
  fn: Parameters<Context['step']>[1],
  options: StepOptions = {},
): Promise<unknown> {
  assertName(name, 'step name')
  if (typeof fn !== 'function') {
    throw new PolisError(
      'INVALID_ARGUMENT',
      `context.step(${JSON.stringify(name)}): expected a function, got ${typeof fn}`,
    )
  }
  const terms = toTerms(options, defaults, `step ${name}`)
  return scope.step(name, fn, { ...terms, effect: options.effect ?? 'once' })
}
