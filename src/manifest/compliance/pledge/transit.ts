import type { Plan } from '../../plan.ts'
import { type Condition, type Pledge, REGIMES } from '../pledge.ts'
import { overridden, settingConditions } from './setting.ts'

const TLS = 'redis.ssl.enabled'

/** What agents know crosses no wire in the open: they reach Redis by TLS, or by a mesh whose mutual TLS is strict. */
export const ENCRYPTED_TRANSIT: Pledge = {
  id: 'encrypted-transit',
  text: 'connections to Redis are encrypted, by TLS or by a mesh whose mutual TLS is strict',
  regimes: REGIMES,
  missing: (plan) => {
    if (isByMesh(plan)) return []
    if (plan.settings[TLS]) return overridden(plan, TLS)
    return plan.redis.kind === 'managed'
      ? ['deployment.redis.tls.enabled: expected true, or a deployment.mesh']
      : [`settings ${TLS}: expected true`]
  },
  conditions: (plan) => [...(isByMesh(plan) ? [] : byTls()), ...(plan.spec.mesh.kind === 'none' ? [] : strict(plan))],
}

// No mesh encrypts what leaves it.
function isByMesh({ spec, redis, settings }: Plan): boolean {
  return spec.mesh.kind !== 'none' && redis.kind === 'managed' && !settings[TLS]
}

function byTls(): readonly Condition[] {
  return settingConditions(TLS, (value) => `${value} == 'true'`)
}

function strict({ settings }: Plan): readonly Condition[] {
  const port = settings['prometheus.port']
  const mode = "object.?spec.?mtls.?mode.orValue('UNSET')"
  return [
    {
      subject: 'peer-authentications',
      // One for some pods alone may leave it to the one for all.
      expression: `${mode} == 'STRICT' || (${mode} == 'UNSET' && object.?spec.?selector.hasValue())`,
    },
    {
      subject: 'peer-authentications',
      // Metrics may be read by a Prometheus outside the mesh.
      expression: `object.?spec.?portLevelMtls.orValue({}).all(p, p == '${port}' || object.spec.portLevelMtls[p].?mode.orValue('UNSET') in ['STRICT', 'UNSET'])`,
    },
  ]
}
