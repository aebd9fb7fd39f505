import type { FastifyInstance } from 'fastify'
import { PROBES } from '../../core/ports.ts'
import type { HealthChecker, HealthKind } from './health-checker.ts'
import '../rest/route-config.ts'

/** Adds `/health`, `/ready` and `/startup`: 200 when all checks pass, else 503, with each check's result in JSON. */
export function addHealthRoutes(app: FastifyInstance, health: HealthChecker): void {
  for (const [kind, { path }] of Object.entries(PROBES) as [HealthKind, { path: string }][]) {
    app.route({
      method: ['GET', 'HEAD'],
      url: path,
      config: { auth: 'public' },
      handler: async (_request, reply) => {
        const report = await health.report(kind)
        return reply
          .code(report.status === 'ok' ? 200 : 503)
          .header('cache-control', 'no-store')
          .send(report)
      },
    })
  }
}
