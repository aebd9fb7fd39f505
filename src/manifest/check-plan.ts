import { PolisError } from '../core/error.ts'
import { SETTINGS } from '../core/settings.ts'
import { pledged } from './compliance/pledge.ts'
import { PLEDGES } from './compliance/pledges.ts'
import { nameFaults } from './plan/name.ts'
import type { Plan } from './plan.ts'
import { hasAdmission } from './render/admission.ts'
import { callersOf } from './render/mesh/authorization-policy.ts'
import { isProduction } from './render/mesh/chaos.ts'

/**
 * The plan, with the warnings that only the whole of it gives.
 *
 * Throws INVALID_CONFIG that lists names that are too long for what is made of them, and what contradicts itself: pledges of its labels that it does not keep itself (where the cluster is not to
 * keep them, these are warnings), and faults in production.
 */
export function checkPlan(plan: Plan): Plan {
  const broken = brokenPledges(plan)
  const faults = [
    ...nameFaults(plan),
    ...(hasAdmission(plan) ? broken : []),
    ...chaosFaults(plan),
    ...monitoringFaults(plan),
  ]
  if (faults.length > 0) throw invalid(faults)
  const warnings = [...(hasAdmission(plan) ? [] : broken), ...auditWarnings(plan), ...callerWarnings(plan)]
  return { ...plan, warnings: [...plan.warnings, ...warnings, ...archiveWarnings(plan)] }
}

function brokenPledges(plan: Plan): readonly string[] {
  return pledged(PLEDGES, plan).flatMap((pledge) =>
    pledge.missing(plan).map((text) => `${text}; deployment.labels.compliance promises that ${pledge.text}`),
  )
}

function chaosFaults(plan: Plan): readonly string[] {
  const { mesh } = plan.spec
  if (mesh.kind === 'none' || mesh.chaos === undefined || !isProduction(plan)) return []
  return ['deployment.mesh.chaos: expected none in production: faults are for tests']
}

// A mesh knows a namespace by its name alone.
function monitoringFaults({ spec, settings }: Plan): readonly string[] {
  const { mesh, network } = spec
  if (mesh.kind === 'none' || mesh.plainMetrics || !settings['prometheus.enabled']) return []
  if (Object.hasOwn(network.monitoring, 'kubernetes.io/metadata.name')) return []
  return [
    "deployment.network.monitoring: expected the label 'kubernetes.io/metadata.name', since the mesh knows who reads metrics by the name of its namespace",
  ]
}

function auditWarnings(plan: Plan): readonly string[] {
  const isPledged = pledged(PLEDGES, plan).some(({ id }) => id === 'audited')
  return isPledged ? [`deployment.labels.compliance promises an audit log: ${SETTINGS['audit.enabled'].inert}`] : []
}

function callerWarnings({ spec: { mesh } }: Plan): readonly string[] {
  if (mesh.kind === 'none' || callersOf(mesh).length > 0) return []
  return ['deployment.mesh has neither a gateway nor callers: nobody may call the API']
}

function archiveWarnings({ spec, secrets }: Plan): readonly string[] {
  const hasUrl = secrets.some(({ keys }) => Object.hasOwn(keys, 'POLIS_ARCHIVE_URL'))
  const isOpen = spec.network.egress.some(({ ports }) => ports.some((port) => port !== 443))
  if (!hasUrl || isOpen || !spec.network.policies) return []
  return [
    "deployment.network.egress lets agents reach port 443 alone: add where the archive's database is, such as { cidr: '10.1.2.3/32', ports: [5432] }",
  ]
}

function invalid(faults: readonly string[]): PolisError {
  return new PolisError('INVALID_CONFIG', faults.map((fault) => `polis.config: ${fault}`).join('\n'), {
    details: { faults },
  })
}
