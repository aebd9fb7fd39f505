import type { Subject } from '../../compliance/pledge.ts'
import type { Plan } from '../../plan.ts'
import { configurationName } from '../configuration.ts'

/** What a policy looks at, and what it calls its parts. */
export interface SubjectRow {
  readonly groups: readonly string[]
  readonly resources: readonly string[]
  /** Names of the objects; absent for all. */
  readonly names?: (plan: Plan) => readonly string[]
  /** Fields without a change of which an update is not looked at. */
  readonly changed: readonly string[]
  readonly variables: readonly { readonly name: string; readonly expression: string }[]
}

/** The rows of every subject. */
export const SUBJECTS: Readonly<Record<Subject, SubjectRow>> = {
  pods: {
    ...{ groups: [''], resources: ['pods', 'pods/ephemeralcontainers'], changed: ['spec'] },
    variables: podsAt('object.spec'),
  },
  templates: {
    groups: ['apps'],
    resources: ['deployments', 'statefulsets', 'daemonsets'],
    changed: ['spec', 'metadata.?labels'],
    variables: podsAt('object.spec.template.spec'),
  },
  'cron-jobs': {
    ...{ groups: ['batch'], resources: ['cronjobs'], changed: ['spec', 'metadata.?labels'] },
    variables: podsAt('object.spec.jobTemplate.spec.template.spec'),
  },
  settings: {
    ...{ groups: [''], resources: ['configmaps'], changed: ['data'], variables: [] },
    names: (plan) => [configurationName(plan)],
  },
  'virtual-services': mesh('networking.istio.io', 'virtualservices'),
  'envoy-filters': mesh('networking.istio.io', 'envoyfilters'),
  'peer-authentications': mesh('security.istio.io', 'peerauthentications'),
  'network-policies': {
    ...{ groups: ['networking.k8s.io'], resources: ['networkpolicies'], changed: ['spec'], variables: [] },
  },
}

function podsAt(path: string): SubjectRow['variables'] {
  return [
    { name: 'spec', expression: path },
    { name: 'containers', expression: 'variables.spec.containers + variables.spec.?initContainers.orValue([])' },
  ]
}

function mesh(group: string, resource: string): SubjectRow {
  return { groups: [group], resources: [resource], changed: ['spec'], variables: [] }
}
