import type { Command } from 'commander'

/** Options by which commands find a cluster and a deployment. */
export interface ClusterFlags {
  readonly env?: string
  readonly image?: string
  readonly context?: string
  readonly kubeconfig?: string
}

/** Options of commands that need no project: records on the cluster say the rest. */
export interface NamedFlags extends ClusterFlags {
  readonly name?: string
  readonly namespace?: string
}

/** Adds the options by which a cluster is found. */
export function withCluster(command: Command): Command {
  return command
    .option('-e, --env <environment>', 'environment of the deployment (default: its base)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--kubeconfig <file>', 'kubeconfig (default: KUBECONFIG, else ~/.kube/config, else that of the pod)')
}

/** Adds those by which a deployment is found without its project. */
export function withName(command: Command): Command {
  return withCluster(command)
    .option('--name <name>', "the deployment's name, where the project is not at hand")
    .option('-n, --namespace <namespace>', 'its namespace (default: as the project says, else its name)')
}

/** Options of commands that change a deployment. */
export interface ChangeFlags {
  readonly by?: string
  readonly reason?: string
  readonly timeout?: string
}
