import type { Manifest } from './object.ts'
import type { Plan } from './plan.ts'
import { renderAccounts } from './render/account.ts'
import { renderAdmission } from './render/admission.ts'
import { renderAgents } from './render/agents.ts'
import { renderBackup } from './render/backup.ts'
import { renderConfiguration } from './render/configuration.ts'
import { throughWaypoint } from './render/mesh/waypoint.ts'
import { renderMesh } from './render/mesh.ts'
import { renderModelServers } from './render/model-servers.ts'
import { renderMonitoring } from './render/monitoring.ts'
import { renderNamespace } from './render/namespace.ts'
import { renderNetwork } from './render/network.ts'
import { renderQuota } from './render/quota.ts'
import { renderRedis } from './render/redis.ts'
import { renderScaling } from './render/scaling.ts'
import { renderSecrets } from './render/secret.ts'
import { withLabels } from './with-labels.ts'

/**
 * The manifests of a deployment, a file for each concern, in the order in which they are applied.
 *
 * Pure: the same plan gives the same bytes.
 */
export function renderManifests(plan: Plan): readonly Manifest[] {
  return CONCERNS.map((render) => render(plan))
    .filter(({ objects }) => objects.length > 0)
    .map((manifest) => withLabels(plan, throughWaypoint(plan, manifest)))
}

/** The files of concerns that this deployment has nothing of, by which one of an earlier rendering is known. */
export function absentManifests(plan: Plan): readonly Pick<Manifest, 'file' | 'about'>[] {
  return CONCERNS.map((render) => render(plan)).filter(({ objects }) => objects.length === 0)
}

const CONCERNS: readonly ((plan: Plan) => Manifest)[] = [
  renderAdmission,
  renderNamespace,
  renderQuota,
  renderNetwork,
  renderMesh,
  renderAccounts,
  renderConfiguration,
  renderSecrets,
  renderRedis,
  renderModelServers,
  renderAgents,
  // After what is scaled: KEDA refuses what does not exist.
  renderScaling,
  renderBackup,
  renderMonitoring,
]
