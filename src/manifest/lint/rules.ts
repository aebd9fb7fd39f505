import { duplicateItem } from './rule/duplicate-item.ts'
import { duplicateKey } from './rule/duplicate-key.ts'
import { duplicateObject } from './rule/duplicate-object.ts'
import { exclusiveFields } from './rule/exclusive-fields.ts'
import { invalidValue } from './rule/invalid-value.ts'
import { invalidYaml } from './rule/invalid-yaml.ts'
import { missingField } from './rule/missing-field.ts'
import { monitorSelectsNothing } from './rule/monitor-selects-nothing.ts'
import { networkPolicyPeer } from './rule/network-policy-peer.ts'
import { networkPolicyPort } from './rule/network-policy-port.ts'
import { probePort } from './rule/probe-port.ts'
import { removedApi } from './rule/removed-api.ts'
import { replicasBesideAutoscaler } from './rule/replicas-beside-autoscaler.ts'
import { secretInExecProbe } from './rule/secret-in-exec-probe.ts'
import { selectorMismatch } from './rule/selector-mismatch.ts'
import { selectorSelectsNothing } from './rule/selector-selects-nothing.ts'
import { serviceSelectsNothing } from './rule/service-selects-nothing.ts'
import { serviceTargetPort } from './rule/service-target-port.ts'
import { unknownBackend } from './rule/unknown-backend.ts'
import { unknownClaim } from './rule/unknown-claim.ts'
import { unknownConfigMap } from './rule/unknown-config-map.ts'
import { unknownConfigMapKey } from './rule/unknown-config-map-key.ts'
import { unknownContainer } from './rule/unknown-container.ts'
import { unknownField } from './rule/unknown-field.ts'
import { unknownHost } from './rule/unknown-host.ts'
import { unknownIngressClass } from './rule/unknown-ingress-class.ts'
import { unknownKind } from './rule/unknown-kind.ts'
import { unknownNamespace } from './rule/unknown-namespace.ts'
import { unknownPriorityClass } from './rule/unknown-priority-class.ts'
import { unknownRole } from './rule/unknown-role.ts'
import { unknownRoleSubject } from './rule/unknown-role-subject.ts'
import { unknownScaleTarget } from './rule/unknown-scale-target.ts'
import { unknownSecret } from './rule/unknown-secret.ts'
import { unknownSecretKey } from './rule/unknown-secret-key.ts'
import { unknownSecretStore } from './rule/unknown-secret-store.ts'
import { unknownServiceAccount } from './rule/unknown-service-account.ts'
import { unknownStatefulService } from './rule/unknown-stateful-service.ts'
import { unknownTriggerAuthentication } from './rule/unknown-trigger-authentication.ts'
import { unknownVolume } from './rule/unknown-volume.ts'
import { unusedVolume } from './rule/unused-volume.ts'
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
  monitorSelectsNothing,
  networkPolicyPeer,
  networkPolicyPort,
  probePort,
  removedApi,
  replicasBesideAutoscaler,
  secretInExecProbe,
  selectorMismatch,
  selectorSelectsNothing,
  serviceSelectsNothing,
  serviceTargetPort,
  unknownBackend,
  unknownClaim,
  unknownConfigMap,
  unknownConfigMapKey,
  unknownContainer,
  unknownField,
  unknownHost,
  unknownIngressClass,
  unknownKind,
  unknownNamespace,
  unknownPriorityClass,
  unknownRole,
  unknownRoleSubject,
  unknownScaleTarget,
  unknownSecret,
  unknownSecretKey,
  unknownSecretStore,
  unknownServiceAccount,
  unknownStatefulService,
  unknownTriggerAuthentication,
  unknownVolume,
  unusedVolume,
  wrongScope,
  wrongType,
]
