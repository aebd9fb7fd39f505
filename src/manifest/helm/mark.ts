import type { Plan } from '../plan.ts'

/**
 * What stands in the place of a chart's values while its objects are rendered: wherever one turns up, however deep in a text, the value
 * belongs. Each may be what it stands for, and nobody else says it.
 */
export const MARKS = {
  namespace: 'polis-chart-namespace',
  image: `polis-chart-image@sha256:${'c0de'.repeat(16)}`,
} as const

/** Stands for one of the hosts. */
export function hostMark(index: number): string {
  return `host-${index}.polis-chart.invalid`
}

/** The deployment of a project with marks in the place of what a chart's values say, in the environment of its plan. */
export function markDeployment(deployment: unknown, environment: string | undefined, { spec }: Plan): unknown {
  const base = asObject(deployment)
  if (environment === undefined) return { ...base, ...marked(base, spec) }
  const environments = asObject(base.environments)
  const own = asObject(environments[environment])
  return { ...base, environments: { ...environments, [environment]: { ...own, ...marked(own, spec) } } }
}

function marked(own: Options, { mesh }: Plan['spec']): Options {
  const hosts = mesh.kind === 'none' ? [] : mesh.hosts
  return {
    namespace: MARKS.namespace,
    ...(hosts.length === 0 ? {} : { mesh: { ...asObject(own.mesh), hosts: hosts.map((_, index) => hostMark(index)) } }),
  }
}

type Options = Readonly<Record<string, unknown>>

// It was checked: a plan was made of it.
function asObject(value: unknown): Options {
  return typeof value === 'object' && value !== null ? (value as Options) : {}
}
