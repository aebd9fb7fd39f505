import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { podMonitors } from './monitoring/pod-monitor.ts'

/** How metrics are found. Alert rules and dashboards will be further files of `monitoring/`, made from the catalogue of metrics. */
export function renderMonitoring(plan: Plan): Manifest {
  return { file: 'monitoring.yaml', about: 'How Prometheus finds the metrics.', objects: podMonitors(plan) }
}
