import { duplicateKey } from './rule/duplicate-key.ts'
import { duplicateObject } from './rule/duplicate-object.ts'
import { invalidYaml } from './rule/invalid-yaml.ts'
import { probePort } from './rule/probe-port.ts'
import { replicasBesideAutoscaler } from './rule/replicas-beside-autoscaler.ts'
import { secretInExecProbe } from './rule/secret-in-exec-probe.ts'
import { serviceSelectsNothing } from './rule/service-selects-nothing.ts'
import { serviceTargetPort } from './rule/service-target-port.ts'
import { unknownConfigMap } from './rule/unknown-config-map.ts'
import { unknownConfigMapKey } from './rule/unknown-config-map-key.ts'
import { unknownSecret } from './rule/unknown-secret.ts'
import { unknownSecretKey } from './rule/unknown-secret-key.ts'
import { unknownServiceAccount } from './rule/unknown-service-account.ts'
import type { Rule } from './rule.ts'

/** Everything that is looked for, by id. */
export const RULES: readonly Rule[] = [
  duplicateKey,
  duplicateObject,
  invalidYaml,
  probePort,
  replicasBesideAutoscaler,
  secretInExecProbe,
  serviceSelectsNothing,
  serviceTargetPort,
  unknownConfigMap,
  unknownConfigMapKey,
  unknownSecret,
  unknownSecretKey,
  unknownServiceAccount,
]
