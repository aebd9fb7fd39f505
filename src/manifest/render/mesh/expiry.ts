import type { IJob } from 'kubernetes-models/batch/v1'
import type { IRole, IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1'
import type { IServiceAccount } from 'kubernetes-models/v1'
import { accountName, podLabels } from '../../component.ts'
import { allAddresses } from '../../network/address.ts'
import { component, tcp } from '../../network/flow.ts'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import { componentPolicy } from '../network.ts'
import { EXPIRY_SCRIPT } from './expiry-script.ts'

const GROUP = 'networking.istio.io'
const RESOURCE = 'envoyfilters'

/** Where Kubernetes puts the credentials of a pod's ServiceAccount. */
const CREDENTIALS = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Name of the object with the faults, and of what ends them. */
export function chaosName(plan: Pick<Plan, 'name'>): string {
  return accountName(plan, 'chaos')
}

/** The Job that ends the faults, and the right to do so: to read and delete this one object. */
export function expiry(plan: Plan): readonly KubernetesObject[] {
  const metadata = { name: chaosName(plan), namespace: plan.namespace }
  const rbac = 'rbac.authorization.k8s.io'
  return [
    ...(plan.spec.network.policies ? [networkPolicy(plan)] : []),
    typed<IServiceAccount>({
      ...{ apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    }),
    typed<IRole>({
      ...{ apiVersion: `${rbac}/v1`, kind: 'Role', metadata },
      rules: [{ apiGroups: [GROUP], resources: [RESOURCE], resourceNames: [metadata.name], verbs: ['get', 'delete'] }],
    }),
    typed<IRoleBinding>({
      ...{ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata },
      roleRef: { apiGroup: rbac, kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    }),
    job(plan, metadata),
  ]
}

// No selector finds an API server, and what it listens on is the cluster's.
function networkPolicy(plan: Plan): KubernetesObject {
  const from = component('chaos')
  return componentPolicy(plan, 'chaos', [
    { from, to: allAddresses('the API server', '0.0.0.0/0'), ports: tcp(443, 6443), why: 'faults are taken away' },
  ])
}

function job(plan: Plan, metadata: { readonly name: string; readonly namespace: string }): KubernetesObject {
  const { pullPolicy, pullSecrets } = plan.spec.image
  return typed<IJob>({
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata },
    spec: {
      // Whatever happens to its pods: nothing else would end the faults.
      backoffLimit: 10_000,
      ttlSecondsAfterFinished: 600,
      template: {
        metadata: { labels: { ...podLabels(plan, 'chaos'), 'sidecar.istio.io/inject': 'false' } },
        spec: {
          ...{ restartPolicy: 'OnFailure', serviceAccountName: metadata.name, automountServiceAccountToken: true },
          ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              ...{ name: 'expiry', image: plan.image, imagePullPolicy: pullPolicy },
              command: ['node', '--input-type=module', '--eval', EXPIRY_SCRIPT],
              env: environment(metadata),
              resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
              securityContext: {
                ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    },
  })
}

function environment({ name, namespace }: { readonly name: string; readonly namespace: string }) {
  const path = `apis/${GROUP}/v1alpha3/namespaces/${namespace}/${RESOURCE}/${name}`
  return [
    { name: 'OBJECT_URL', value: `https://kubernetes.default.svc/${path}` },
    { name: 'LOOK_EVERY', value: '30000' },
    { name: 'WAIT_FOR', value: '600000' },
    { name: 'TOKEN_FILE', value: `${CREDENTIALS}/token` },
    { name: 'NODE_EXTRA_CA_CERTS', value: `${CREDENTIALS}/ca.crt` },
  ]
}
