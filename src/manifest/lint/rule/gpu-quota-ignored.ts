import type { Rule } from '../rule.ts'

export const gpuQuotaIgnored: Rule = {
  id: 'gpu-quota-ignored',
  severity: 'error',
  title: 'A quota of limits of an extended resource is never enforced',
  explanation:
    'Extended resources such as GPUs are counted by requests alone: `limits.nvidia.com/gpu` in a ResourceQuota is taken and does nothing. Write `requests.nvidia.com/gpu`.',
  source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/#resource-quota-for-extended-resources',
  *check({ of }) {
    for (const quota of of('ResourceQuota')) {
      for (const [key, field] of quota.at('spec', 'hard').entries) {
        const isBare = key.includes('/') && !/^(requests|count|limits)[./]/.test(key) && !key.includes('storageclass')
        if (!key.startsWith('limits.') && !isBare) continue
        // Devices of a class, which pods claim, are counted under that name.
        if (!key.includes('/') || key.endsWith('.deviceclass.resource.k8s.io/devices')) continue
        const right = `requests.${key.replace(/^limits\./, '')}`
        const isFree = !quota.at('spec', 'hard', right).exists
        yield {
          at: field,
          message: `'${key}' is never enforced: write '${right}'`,
          ...(isFree ? { fix: [{ kind: 'rename', path: field.path, key: right }] } : {}),
        }
      }
    }
  },
}
