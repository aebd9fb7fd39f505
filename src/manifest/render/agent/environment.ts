import type { IEnvVar } from 'kubernetes-models/v1'
import type { Plan } from '../../plan.ts'

/**
 * Environment variables beside the settings: of the deployment, the addresses of its model servers, and secrets, key by key, so that a
 * Secret without one of them is noticed before the process starts.
 */
export function environmentOf({ spec, secrets, modelServers }: Plan): IEnvVar[] {
  const inEnvironment = secrets.filter(({ use }) => use.kind === 'env')
  const all: readonly IEnvVar[] = [
    // What tools of agents keep at home goes where they can write.
    { name: 'HOME', value: '/tmp' },
    ...modelServers.map(({ variable, url }) => ({ name: variable, value: url })),
    ...Object.entries(spec.env).map(([name, value]) => ({ name, value })),
    ...inEnvironment.flatMap((secret) =>
      Object.keys(secret.keys).map((key) => ({
        name: key,
        valueFrom: { secretKeyRef: { name: secret.name, key } },
      })),
    ),
  ]
  // The later of two with one name wins; an object may not have both.
  return [...new Map(all.map((variable) => [variable.name, variable])).values()]
}
