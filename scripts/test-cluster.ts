import { buildExtensions } from '../test/cluster/extension/build.ts'
import { missingBinaries as missingForScaling, PACKAGES as SCALING } from '../test/cluster/extension/requirement.ts'
import { buildSystemImages } from '../test/cluster/image/build.ts'
import { buildPackage } from '../test/cluster/image/product.ts'
import { buildPrograms } from '../test/cluster/kubernetes/build.ts'
import { readDefinitions } from '../test/cluster/kubernetes/definition.ts'
import { buildEnforcer } from '../test/cluster/kubernetes/enforcer.ts'
import { CONTROL_PLANE, PACKAGES as PROGRAMS, type Program } from '../test/cluster/kubernetes/program.ts'
import { missingBinaries, PACKAGES } from '../test/cluster/node/binary.ts'
import { installPackages } from './test-system.ts'

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

/** As `prepareControlPlane`, and what nodes need beside. A user's own cluster is taken as it is. */
export async function prepareCluster(say: Say): Promise<void> {
  const { KUBECONFIG } = process.env
  if (KUBECONFIG) return say(`Tests run on the cluster of KUBECONFIG=${KUBECONFIG}, in namespaces of their own.`)
  await prepareControlPlane(say)
  if (process.getuid?.() !== 0) return
  const missing = [...missingBinaries(), ...missingForScaling()]
  const packages = new Set(missing.flatMap((binary) => PACKAGES[binary] ?? SCALING[binary] ?? []))
  if (missing.length > 0) installPackages(missing, [...packages], say)
  // The keys of the table, which the compiler checks.
  await build(Object.keys(PROGRAMS) as Program[], say)
  const failure = await buildExtensions(say)
  if (failure !== undefined) say(failure)
  await orSay(say, "The cluster's own images were not built", () => buildSystemImages(say))
  await orSay(say, 'kube-router was not built', () => buildEnforcer(say))
  // What is deployed is this: an older one would prove nothing.
  await buildPackage()
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
