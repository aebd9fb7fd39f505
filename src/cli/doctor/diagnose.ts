import { loadProject, type Project } from '../../agent/project.ts'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { ADVICE } from '../advice.ts'
import type { Io } from '../io.ts'
import { checkArchive } from './archive.ts'
import type { Check } from './check.ts'
import { checkMachine } from './machine.ts'
import { checkModels } from './model.ts'
import { checkPorts } from './port.ts'
import { checkProject } from './project.ts'
import { checkServers } from './server.ts'
import { checkStore } from './store.ts'

/** What is examined. */
export interface DiagnoseOptions {
  readonly dir: string
  readonly env: Io['env']
  readonly clock: Clock
  /** Whether to ask the providers of models, too. */
  readonly online: boolean
}

/**
 * Everything that can be checked of the machine and a project, one after the other, as it is found out.
 *
 * A check that breaks is a failed check. It executes the project file and the agents' files, starts the MCP servers and stops them again,
 * and opens the store if there is one; it runs no agent, and calls no model.
 */
export async function* diagnose({ dir, env, clock, online }: DiagnoseOptions): AsyncGenerator<Check> {
  yield* checkMachine(dir)
  const project = await load(dir, env)
  if (!('settings' in project)) return yield project
  yield* checkProject(project)
  yield* checkStore(project, clock)
  yield* checkArchive(project, clock)
  yield* checkModels(project, { env, clock, online })
  yield* checkServers(project, env, clock)
  yield* checkPorts(project.settings)
}

async function load(dir: string, env: Io['env']): Promise<Project | Check> {
  try {
    return await loadProject(dir, { env })
  } catch (reason) {
    const { message, code } = PolisError.from(reason)
    return { area: 'project', name: 'project', status: 'fail', detail: message, advice: ADVICE[code] }
  }
}
