import type { Plan } from '../plan.ts'

/** What Helm tells whoever installed a chart: what it could not make. */
export function chartNotes(plan: Plan): string {
  const secrets = plan.spec.secrets.provider === 'reference' ? plan.secrets : plan.secrets.filter(isGenerated)
  const lines = [
    `Agents of ${plan.name}, release ${plan.release}, in {{ .Release.Namespace }}.`,
    '',
    'The namespace should hold its pods to the restricted Pod Security Standard, unless it does already:',
    '  kubectl label namespace {{ .Release.Namespace }} pod-security.kubernetes.io/enforce=restricted',
    ...(secrets.length === 0 ? [] : ['', 'Secrets that have to be there:', ...secrets.map(secretLine)]),
    '',
    'Workers of older releases stay while their runs need them:',
    `  kubectl get deployments --namespace {{ .Release.Namespace }} --selector app.kubernetes.io/name=${plan.name}`,
  ]
  return `${lines.join('\n')}\n`
}

function isGenerated({ generated }: Plan['secrets'][number]): boolean {
  return generated !== undefined
}

function secretLine({ name, type, keys }: Plan['secrets'][number]): string {
  return `  ${name} (${type}): ${Object.keys(keys).join(', ')}`
}
