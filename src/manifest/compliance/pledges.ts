import { NO_FAULTS } from './pledge/fault.ts'
import { PINNED_IMAGES } from './pledge/image.ts'
import { DEFAULT_DENY } from './pledge/network.ts'
import { OWNED } from './pledge/owner.ts'
import { MEMORY_LIMITS, UNPRIVILEGED } from './pledge/pod.ts'
import { AUDITED, AUTHENTICATED } from './pledge/setting.ts'
import { ENCRYPTED_TRANSIT } from './pledge/transit.ts'
import type { Pledge } from './pledge.ts'

/** Everything that labels of compliance promise: the plan is held to it when it is rendered, the cluster whenever it admits an object. */
export const PLEDGES: readonly Pledge[] = [
  PINNED_IMAGES,
  UNPRIVILEGED,
  MEMORY_LIMITS,
  OWNED,
  NO_FAULTS,
  DEFAULT_DENY,
  AUTHENTICATED,
  ENCRYPTED_TRANSIT,
  AUDITED,
]
