import type { Condition, Pledge } from '../pledge.ts'

/** No pod gets hold of its node. */
export const UNPRIVILEGED: Pledge = {
  id: 'unprivileged',
  text: 'no pod is privileged, shares a namespace of its node, or mounts a folder of it',
  regimes: 'every',
  missing: () => [],
  conditions: () =>
    (['pods', 'templates', 'cron-jobs'] as const).flatMap((subject): readonly Condition[] => [
      { subject, expression: 'variables.containers.all(c, !c.?securityContext.?privileged.orValue(false))' },
      {
        subject,
        expression: ['hostNetwork', 'hostPID', 'hostIPC']
          .map((field) => `!variables.spec.?${field}.orValue(false)`)
          .join(' && '),
      },
      { subject, expression: 'variables.spec.?volumes.orValue([]).all(v, !has(v.hostPath))' },
    ]),
}

/** No container can take the memory of others. */
export const MEMORY_LIMITS: Pledge = {
  id: 'memory-limits',
  text: 'every container has a limit of memory',
  regimes: 'every',
  missing: () => [],
  // Of pods alone: a template may leave it to the LimitRange.
  conditions: () => [
    { subject: 'pods', expression: "variables.containers.all(c, 'memory' in c.?resources.?limits.orValue({}))" },
  ],
}
