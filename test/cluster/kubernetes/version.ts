/** The release of Kubernetes that tests start. 1.36 is the newest whose kubelet was seen to run on cgroup v1. */
export const KUBERNETES = '1.36.3'

/** The etcd that this release is made with. */
export const ETCD = '3.6.8'

/** What enforces NetworkPolicies on nodes. */
export const KUBE_ROUTER = '2.1.0'

/** The KEDA and the metrics server that scale pods in tests: the makers' own modules, with their manifests. */
export const KEDA = '2.20.2'
export const METRICS_SERVER = '0.9.0'
