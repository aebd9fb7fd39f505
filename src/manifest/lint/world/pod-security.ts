import type { Field } from '../field.ts'
import type { Finding } from '../rule.ts'
import type { PodView } from './pod.ts'

const BASELINE_CAPABILITIES = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]

const RESTRICTED_VOLUMES = [
  ...[
    'name',
    'configMap',
    'csi',
    'downwardAPI',
    'emptyDir',
    'ephemeral',
    'persistentVolumeClaim',
    'projected',
    'secret',
  ],
  'image',
]

/** What keeps a pod from the baseline standard (source: Pod Security Standards, v1.36). */
export function* baselineFaults({ spec, allContainers }: PodView): Generator<Finding> {
  for (const name of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
    if (spec.at(name).value === true) yield { at: spec.at(name), message: `'${name}' is not allowed` }
  }
  for (const volume of spec.at('volumes').items) {
    if (volume.at('hostPath').exists) yield { at: volume.at('hostPath'), message: 'A hostPath is not allowed' }
  }
  for (const container of allContainers) {
    const context = container.at('securityContext')
    if (context.at('privileged').value === true)
      yield { at: context.at('privileged'), message: 'privileged is not allowed' }
    for (const capability of context.at('capabilities', 'add').items) {
      if (!BASELINE_CAPABILITIES.includes(capability.text ?? ''))
        yield { at: capability, message: `${capability.text} is not allowed` }
    }
    for (const port of container.at('ports').items.map((it) => it.at('hostPort'))) {
      if ((port.number ?? 0) !== 0) yield { at: port, message: 'A hostPort is not allowed' }
    }
  }
  for (const profile of seccompProfiles({ spec, allContainers })) {
    if (profile.text === 'Unconfined') yield { at: profile, message: 'Unconfined is not allowed' }
  }
}

/** What more keeps it from the restricted standard. */
export function* restrictedFaults({ spec, allContainers }: PodView): Generator<Finding> {
  const shared = spec.at('securityContext')
  for (const volume of spec.at('volumes').items) {
    const [kind] = volume.entries.filter(([name]) => !RESTRICTED_VOLUMES.includes(name) && name !== 'hostPath')
    if (kind !== undefined) yield { at: kind[1], message: `A volume of ${kind[0]} is not allowed` }
  }
  for (const container of allContainers) {
    const context = container.at('securityContext')
    const at = context.exists ? context : container
    if (context.at('allowPrivilegeEscalation').value !== false) {
      const field = context.at('allowPrivilegeEscalation')
      yield { at: field.exists ? field : at, message: 'allowPrivilegeEscalation must be false' }
    }
    if (!context.at('capabilities', 'drop').items.some(({ text }) => text === 'ALL'))
      yield { at, message: 'capabilities must drop ALL' }
    for (const capability of context.at('capabilities', 'add').items) {
      if (capability.text !== 'NET_BIND_SERVICE')
        yield { at: capability, message: `Only NET_BIND_SERVICE may be added` }
    }
    const nonRoot = nearer(context, shared, 'runAsNonRoot')
    if (nonRoot.value !== true) yield { at: nonRoot.exists ? nonRoot : at, message: 'runAsNonRoot must be true' }
    const profile = context.at('seccompProfile', 'type').exists
      ? context.at('seccompProfile', 'type')
      : shared.at('seccompProfile', 'type')
    if (!['RuntimeDefault', 'Localhost'].includes(profile.text ?? ''))
      yield { at: profile.exists ? profile : at, message: 'seccompProfile must be RuntimeDefault or Localhost' }
    const user = nearer(context, shared, 'runAsUser')
    if (user.value === 0) yield { at: user, message: 'runAsUser must not be 0' }
  }
}

function nearer(own: Field, shared: Field, name: string): Field {
  return own.at(name).exists ? own.at(name) : shared.at(name)
}

function seccompProfiles({ spec, allContainers }: Pick<PodView, 'spec' | 'allContainers'>): readonly Field[] {
  return [spec, ...allContainers].map((holder) => holder.at('securityContext', 'seccompProfile', 'type'))
}
