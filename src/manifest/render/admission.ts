import type {
  IValidatingAdmissionPolicy,
  IValidatingAdmissionPolicyBinding,
} from 'kubernetes-models/admissionregistration.k8s.io/v1'
import { type Condition, type Pledge, pledged, type Subject } from '../compliance/pledge.ts'
import { PLEDGES } from '../compliance/pledges.ts'
import type { KubernetesObject, Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { typed } from '../typed.ts'
import { SUBJECTS, type SubjectRow } from './admission/subject.ts'

/** Policies of the cluster's admission that keep, in the namespace, what the labels of compliance promise. */
export function renderAdmission(plan: Plan): Manifest {
  const about = 'What the cluster refuses in the namespace, so that its labels of compliance stay true.'
  const objects = hasAdmission(plan) ? policiesOf(plan, pledged(PLEDGES, plan)) : []
  return { file: 'admission.yaml', about, objects }
}

/** Whether the cluster is to keep the pledges: where there are any, unless the deployment says no. */
export function hasAdmission({ spec }: Pick<Plan, 'spec'>): boolean {
  return spec.admission ?? spec.labels.compliance.length > 0
}

interface Validation {
  readonly expression: string
  readonly message: string
}

function policiesOf(plan: Plan, pledges: readonly Pledge[]): readonly KubernetesObject[] {
  const conditions = pledges.flatMap((pledge) =>
    pledge.conditions(plan).map((condition: Condition) => ({ ...condition, message: messageOf(plan, pledge) })),
  )
  // Keys of the table.
  const subjects = Object.keys(SUBJECTS) as Subject[]
  return subjects.flatMap((subject) => {
    const validations = conditions
      .filter((condition) => condition.subject === subject)
      .map(({ expression, message }) => ({ expression, message }))
    return validations.length === 0 ? [] : [policy(plan, subject, validations), binding(plan, subject)]
  })
}

function messageOf({ spec }: Plan, { id, text, regimes }: Pledge): string {
  const labels = spec.labels.compliance.filter((label) => regimes === 'every' || regimes.some((one) => one === label))
  return `${[...labels].sort().join(', ')} (${id}): ${text}`
}

function policy(plan: Plan, subject: Subject, validations: readonly Validation[]): KubernetesObject {
  const { groups, resources, changed, variables, names }: SubjectRow = SUBJECTS[subject]
  const isChanged = changed.map((field) => `object.?${field} != oldObject.?${field}`).join(' || ')
  return typed<IValidatingAdmissionPolicy>({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: policyName(plan, subject) },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            ...{ apiGroups: [...groups], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], scope: 'Namespaced' },
            resources: [...resources],
            ...(names === undefined ? {} : { resourceNames: [...names(plan)] }),
          },
        ],
      },
      // What is there already may still be changed where it does not matter: a Job could not be ended otherwise.
      matchConditions: [{ name: 'changed', expression: `request.operation == 'CREATE' || ${isChanged}` }],
      ...(variables.length === 0 ? {} : { variables: variables.map((variable) => ({ ...variable })) }),
      validations: validations.map((validation) => ({ ...validation, reason: 'Forbidden' })),
    },
  })
}

function binding(plan: Plan, subject: Subject): KubernetesObject {
  const name = policyName(plan, subject)
  const matchLabels = { 'kubernetes.io/metadata.name': plan.namespace }
  return typed<IValidatingAdmissionPolicyBinding>({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ['Deny', 'Audit'],
      matchResources: { namespaceSelector: { matchLabels } },
    },
  })
}

// Of the whole cluster: two deployments must not have the same.
function policyName({ name, namespace }: Plan, subject: Subject): string {
  return `${namespace}.${name}.${subject}`
}
