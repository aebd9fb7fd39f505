import { duplicateItem } from './rule/duplicate-item.ts'
import { duplicateKey } from './rule/duplicate-key.ts'
import { duplicateObject } from './rule/duplicate-object.ts'
import { exclusiveFields } from './rule/exclusive-fields.ts'
import { invalidValue } from './rule/invalid-value.ts'
import { invalidYaml } from './rule/invalid-yaml.ts'
import { missingField } from './rule/missing-field.ts'
import { probePort } from './rule/probe-port.ts'
import { removedApi } from './rule/removed-api.ts'
import { replicasBesideAutoscaler } from './rule/replicas-beside-autoscaler.ts'
import { secretInExecProbe } from './rule/secret-in-exec-probe.ts'
import { serviceSelectsNothing } from './rule/service-selects-nothing.ts'
import { serviceTargetPort } from './rule/service-target-port.ts'
import { unknownConfigMap } from './rule/unknown-config-map.ts'
import { unknownConfigMapKey } from './rule/unknown-config-map-key.ts'
import { unknownField } from './rule/unknown-field.ts'
import { unknownKind } from './rule/unknown-kind.ts'
import { unknownSecret } from './rule/unknown-secret.ts'
import { unknownSecretKey } from './rule/unknown-secret-key.ts'
import { unknownServiceAccount } from './rule/unknown-service-account.ts'
import { wrongScope } from './rule/wrong-scope.ts'
import { wrongType } from './rule/wrong-type.ts'
import type { Rule } from './rule.ts'

/** Everything that is looked for, by id. */
export const RULES: readonly Rule[] = [
  duplicateItem,
  duplicateKey,
  duplicateObject,
  exclusiveFields,
  invalidValue,
  invalidYaml,
  missingField,
  probePort,
  removedApi,
  replicasBesideAutoscaler,
  secretInExecProbe,
  serviceSelectsNothing,
  serviceTargetPort,
  unknownConfigMap,
  unknownConfigMapKey,
  unknownField,
  unknownKind,
  unknownSecret,
  unknownSecretKey,
  unknownServiceAccount,
  wrongScope,
  wrongType,
]
