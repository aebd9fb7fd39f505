import { alphaApi } from './rule/alpha-api.ts'
import { budgetBlocksDrain } from './rule/budget-blocks-drain.ts'
import { budgetContradictsItself } from './rule/budget-contradicts-itself.ts'
import { claimWithoutSize } from './rule/claim-without-size.ts'
import { competingScalers } from './rule/competing-scalers.ts'
import { customMetricWithoutAdapter } from './rule/custom-metric-without-adapter.ts'
import { databaseWithoutVolume } from './rule/database-without-volume.ts'
import { deniedByPolicy } from './rule/denied-by-policy.ts'
import { deprecatedField } from './rule/deprecated-field.ts'
import { deprecatedNodeLabel } from './rule/deprecated-node-label.ts'
import { duplicateItem } from './rule/duplicate-item.ts'
import { duplicateKey } from './rule/duplicate-key.ts'
import { duplicateObject } from './rule/duplicate-object.ts'
import { duplicateRuleGroup } from './rule/duplicate-rule-group.ts'
import { endOfLifeTracing } from './rule/end-of-life-tracing.ts'
import { exclusiveFields } from './rule/exclusive-fields.ts'
import { failoverWithoutOutlierDetection } from './rule/failover-without-outlier-detection.ts'
import { faultInProduction } from './rule/fault-in-production.ts'
import { gpuQuotaIgnored } from './rule/gpu-quota-ignored.ts'
import { graceTooShort } from './rule/grace-too-short.ts'
import { hostAccess } from './rule/host-access.ts'
import { inertAnnotation } from './rule/inert-annotation.ts'
import { inertScrapeAnnotation } from './rule/inert-scrape-annotation.ts'
import { invalidCel } from './rule/invalid-cel.ts'
import { invalidImage } from './rule/invalid-image.ts'
import { invalidLabel } from './rule/invalid-label.ts'
import { invalidName } from './rule/invalid-name.ts'
import { invalidPromql } from './rule/invalid-promql.ts'
import { invalidSchedule } from './rule/invalid-schedule.ts'
import { invalidSuppression } from './rule/invalid-suppression.ts'
import { invalidValue } from './rule/invalid-value.ts'
import { invalidYaml } from './rule/invalid-yaml.ts'
import { kedaNullIsZero } from './rule/keda-null-is-zero.ts'
import { latencyWithoutFailures } from './rule/latency-without-failures.ts'
import { limitBelowRequest } from './rule/limit-below-request.ts'
import { lostAlertLabel } from './rule/lost-alert-label.ts'
import { memoryLimitMissing } from './rule/memory-limit-missing.ts'
import { memoryVolumeWithoutLimit } from './rule/memory-volume-without-limit.ts'
import { meshPortProtocol } from './rule/mesh-port-protocol.ts'
import { metricNeverSet } from './rule/metric-never-set.ts'
import { missingField } from './rule/missing-field.ts'
import { monitorSelectsNothing } from './rule/monitor-selects-nothing.ts'
import { movingImage } from './rule/moving-image.ts'
import { mtlsNotGiven } from './rule/mtls-not-given.ts'
import { mtlsNotStrict } from './rule/mtls-not-strict.ts'
import { needlessToken } from './rule/needless-token.ts'
import { networkPolicyOpen } from './rule/network-policy-open.ts'
import { networkPolicyPeer } from './rule/network-policy-peer.ts'
import { networkPolicyPort } from './rule/network-policy-port.ts'
import { noObject } from './rule/no-object.ts'
import { podSecurity } from './rule/pod-security.ts'
import { privilegeEscalation } from './rule/privilege-escalation.ts'
import { privileged } from './rule/privileged.ts'
import { probePath } from './rule/probe-path.ts'
import { probePort } from './rule/probe-port.ts'
import { probeTiming } from './rule/probe-timing.ts'
import { quantileAboveBuckets } from './rule/quantile-above-buckets.ts'
import { quantileWithoutLe } from './rule/quantile-without-le.ts'
import { quotaTooSmall } from './rule/quota-too-small.ts'
import { quotaWithoutDefaults } from './rule/quota-without-defaults.ts'
import { rateOfGauge } from './rule/rate-of-gauge.ts'
import { ratioOfLike } from './rule/ratio-of-like.ts'
import { readinessMissing } from './rule/readiness-missing.ts'
import { removedApi } from './rule/removed-api.ts'
import { replicasBesideAutoscaler } from './rule/replicas-beside-autoscaler.ts'
import { resourcesMissing } from './rule/resources-missing.ts'
import { restartPolicy } from './rule/restart-policy.ts'
import { retriesBeyondTimeout } from './rule/retries-beyond-timeout.ts'
import { rolloutStandsStill } from './rule/rollout-stands-still.ts'
import { runAsRoot } from './rule/run-as-root.ts'
import { scalerBounds } from './rule/scaler-bounds.ts'
import { scalerWithoutRequest } from './rule/scaler-without-request.ts'
import { scheduleWithoutZone } from './rule/schedule-without-zone.ts'
import { secretInExecProbe } from './rule/secret-in-exec-probe.ts'
import { secretInManifest } from './rule/secret-in-manifest.ts'
import { secretInTheOpen } from './rule/secret-in-the-open.ts'
import { selectorMismatch } from './rule/selector-mismatch.ts'
import { selectorSelectsNothing } from './rule/selector-selects-nothing.ts'
import { servicePortNames } from './rule/service-port-names.ts'
import { serviceSelectsNothing } from './rule/service-selects-nothing.ts'
import { serviceTargetPort } from './rule/service-target-port.ts'
import { serviceWithoutPorts } from './rule/service-without-ports.ts'
import { sharedSingleWriterVolume } from './rule/shared-single-writer-volume.ts'
import { shortRateRange } from './rule/short-rate-range.ts'
import { singleReplicaState } from './rule/single-replica-state.ts'
import { spreadSelectsNothing } from './rule/spread-selects-nothing.ts'
import { subsetSelectsNothing } from './rule/subset-selects-nothing.ts'
import { undeclaredPort } from './rule/undeclared-port.ts'
import { undefinedVariable } from './rule/undefined-variable.ts'
import { unknownBackend } from './rule/unknown-backend.ts'
import { unknownClaim } from './rule/unknown-claim.ts'
import { unknownConfigMap } from './rule/unknown-config-map.ts'
import { unknownConfigMapKey } from './rule/unknown-config-map-key.ts'
import { unknownContainer } from './rule/unknown-container.ts'
import { unknownField } from './rule/unknown-field.ts'
import { unknownGateway } from './rule/unknown-gateway.ts'
import { unknownHost } from './rule/unknown-host.ts'
import { unknownIngressClass } from './rule/unknown-ingress-class.ts'
import { unknownKind } from './rule/unknown-kind.ts'
import { unknownMeshHost } from './rule/unknown-mesh-host.ts'
import { unknownMetric } from './rule/unknown-metric.ts'
import { unknownMetricLabel } from './rule/unknown-metric-label.ts'
import { unknownNamespace } from './rule/unknown-namespace.ts'
import { unknownParameters } from './rule/unknown-parameters.ts'
import { unknownPriorityClass } from './rule/unknown-priority-class.ts'
import { unknownQuotaResource } from './rule/unknown-quota-resource.ts'
import { unknownRole } from './rule/unknown-role.ts'
import { unknownRoleSubject } from './rule/unknown-role-subject.ts'
import { unknownScaleTarget } from './rule/unknown-scale-target.ts'
import { unknownSecret } from './rule/unknown-secret.ts'
import { unknownSecretKey } from './rule/unknown-secret-key.ts'
import { unknownSecretStore } from './rule/unknown-secret-store.ts'
import { unknownServiceAccount } from './rule/unknown-service-account.ts'
import { unknownStatefulService } from './rule/unknown-stateful-service.ts'
import { unknownSubset } from './rule/unknown-subset.ts'
import { unknownTriggerAuthentication } from './rule/unknown-trigger-authentication.ts'
import { unknownVolume } from './rule/unknown-volume.ts'
import { unmetCondition } from './rule/unmet-condition.ts'
import { unusedVolume } from './rule/unused-volume.ts'
import { wideRole } from './rule/wide-role.ts'
import { wrongScope } from './rule/wrong-scope.ts'
import { wrongType } from './rule/wrong-type.ts'
import type { Rule } from './rule.ts'

/** Everything that is looked for, by id. */
export const RULES: readonly Rule[] = [
  alphaApi,
  budgetBlocksDrain,
  budgetContradictsItself,
  claimWithoutSize,
  competingScalers,
  customMetricWithoutAdapter,
  databaseWithoutVolume,
  deniedByPolicy,
  deprecatedField,
  deprecatedNodeLabel,
  duplicateItem,
  duplicateKey,
  duplicateObject,
  duplicateRuleGroup,
  endOfLifeTracing,
  exclusiveFields,
  failoverWithoutOutlierDetection,
  faultInProduction,
  gpuQuotaIgnored,
  graceTooShort,
  hostAccess,
  inertAnnotation,
  inertScrapeAnnotation,
  invalidCel,
  invalidImage,
  invalidLabel,
  invalidName,
  invalidPromql,
  invalidSchedule,
  invalidSuppression,
  invalidValue,
  invalidYaml,
  kedaNullIsZero,
  latencyWithoutFailures,
  limitBelowRequest,
  lostAlertLabel,
  memoryLimitMissing,
  memoryVolumeWithoutLimit,
  meshPortProtocol,
  metricNeverSet,
  missingField,
  monitorSelectsNothing,
  movingImage,
  mtlsNotGiven,
  mtlsNotStrict,
  needlessToken,
  networkPolicyOpen,
  networkPolicyPeer,
  networkPolicyPort,
  noObject,
  podSecurity,
  privilegeEscalation,
  privileged,
  probePath,
  probePort,
  probeTiming,
  quantileAboveBuckets,
  quantileWithoutLe,
  quotaTooSmall,
  quotaWithoutDefaults,
  rateOfGauge,
  ratioOfLike,
  readinessMissing,
  removedApi,
  replicasBesideAutoscaler,
  resourcesMissing,
  restartPolicy,
  retriesBeyondTimeout,
  rolloutStandsStill,
  runAsRoot,
  scalerBounds,
  scalerWithoutRequest,
  scheduleWithoutZone,
  secretInExecProbe,
  secretInManifest,
  secretInTheOpen,
  selectorMismatch,
  selectorSelectsNothing,
  servicePortNames,
  serviceSelectsNothing,
  serviceTargetPort,
  serviceWithoutPorts,
  sharedSingleWriterVolume,
  shortRateRange,
  singleReplicaState,
  spreadSelectsNothing,
  subsetSelectsNothing,
  undeclaredPort,
  undefinedVariable,
  unknownBackend,
  unknownClaim,
  unknownConfigMap,
  unknownConfigMapKey,
  unknownContainer,
  unknownField,
  unknownGateway,
  unknownHost,
  unknownIngressClass,
  unknownKind,
  unknownMeshHost,
  unknownMetric,
  unknownMetricLabel,
  unknownNamespace,
  unknownParameters,
  unknownPriorityClass,
  unknownQuotaResource,
  unknownRole,
  unknownRoleSubject,
  unknownScaleTarget,
  unknownSecret,
  unknownSecretKey,
  unknownSecretStore,
  unknownServiceAccount,
  unknownStatefulService,
  unknownSubset,
  unknownTriggerAuthentication,
  unknownVolume,
  unmetCondition,
  unusedVolume,
  wideRole,
  wrongScope,
  wrongType,
]
