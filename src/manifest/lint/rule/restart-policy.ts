import type { Rule } from '../rule.ts'
import { LASTING_KINDS } from '../world/pod.ts'

export const restartPolicy: Rule = {
  id: 'restart-policy',
  severity: 'error',
  title: 'Pods restart in a way that their workload does not allow',
  explanation:
    'The API server refuses a Job whose pods restart always (the default), and a Deployment, StatefulSet or DaemonSet whose pods do not.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-template',
  *check({ pods }) {
    for (const { owner, spec } of pods) {
      const policy = spec.at('restartPolicy')
      const isJob = ['Job', 'CronJob', 'ScaledJob'].includes(owner.kind)
      if (isJob && !['Never', 'OnFailure'].includes(policy.text ?? ''))
        yield { at: policy.exists ? policy : spec, message: `A ${owner.kind} needs Never or OnFailure` }
      if (LASTING_KINDS.includes(owner.kind) && policy.exists && policy.text !== 'Always')
        yield { at: policy, message: `A ${owner.kind} needs Always` }
    }
  },
}
