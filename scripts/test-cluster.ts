import { buildPrograms } from '../test/cluster/kubernetes/build.ts'
import { readDefinitions } from '../test/cluster/kubernetes/definition.ts'
import { CONTROL_PLANE, type Program } from '../test/cluster/kubernetes/program.ts'

type Say = (line: string) => void

/**
 * Builds the control plane that tests start, where it is missing, and fetches the definitions of custom resources.
 *
 * Where it cannot it says why, and the tests that need it are skipped. Assets of one's own are taken as they are.
 */
export async function prepareControlPlane(say: Say): Promise<void> {
  if (!process.env.KUBEBUILDER_ASSETS) await build(CONTROL_PLANE, say)
  await orSay(say, 'Definitions of custom resources were not fetched', readDefinitions)
}

/** As `prepareControlPlane`; a user's own cluster is taken as it is. */
export async function prepareCluster(say: Say): Promise<void> {
  const { KUBECONFIG } = process.env
  if (KUBECONFIG) return say(`Tests run on the cluster of KUBECONFIG=${KUBECONFIG}, in namespaces of their own.`)
  await prepareControlPlane(say)
}

async function build(programs: readonly Program[], say: Say): Promise<void> {
  const failure = await buildPrograms(programs, say)
  if (failure !== undefined) say(failure)
}

async function orSay(say: Say, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (reason) {
    say(`${what}: ${reason instanceof Error ? reason.message : String(reason)}`)
  }
}
