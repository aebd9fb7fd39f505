import { refOf } from '../../cluster/api.ts'
import { findRemoval, type Removal, removeDeployment } from '../../cluster/remove.ts'
import { PolisError } from '../../core/error.ts'
import type { Cli, Context } from '../context.ts'
import { changeDependencies, changeTerms } from './change-terms.ts'
import { confirm } from './confirm.ts'
import type { NamedFlags } from './flags.ts'
import { nameDeployment, openCluster } from './open-deployment.ts'
import { refuseAnother } from './recorded-objects.ts'
import { showRef } from './show-change.ts'

/** Its options. */
export interface DeleteFlags extends NamedFlags {
  readonly volumes?: boolean
  readonly yes?: boolean
  readonly timeout?: string
}

/** Removes the deployment, once somebody has agreed. */
export async function remove(flags: DeleteFlags, context: Context, cli: Cli): Promise<void> {
  const [named, api] = await Promise.all([nameDeployment(flags, context, cli), openCluster(flags, context, cli)])
  const terms = await changeTerms({ ...(flags.timeout === undefined ? {} : { timeout: flags.timeout }) }, context, api)
  const options = { ...named, volumes: flags.volumes ?? false, timeout: terms.timeout }
  await refuseAnother(api, named)
  const removal = await findRemoval(api, options)
  if (removal.removed.length === 0 && !removal.known)
    throw new PolisError(
      'NOT_FOUND',
      `There is nothing of a deployment ${named.name} in the namespace ${named.namespace}`,
      {
        details: { hint: 'Check --env, --name and --namespace, and the context of the kubeconfig' },
      },
    )
  if (!flags.yes) await ask(removal, api.server, context)
  const dependencies = changeDependencies(context, { api, holdsRuns: async () => undefined, by: terms.by })
  const done = await removeDeployment(options, dependencies)
  if (context.json) return context.document({ removed: done.removed.map(refOf), kept: done.kept })
  context.print(`${done.removed.length} objects removed`)
}

async function ask({ removed, kept }: Removal, server: string, context: Context): Promise<void> {
  context.note(
    `On ${server}:`,
    ...removed.map((object) => `- ${showRef(refOf(object))}`),
    ...kept.map(({ ref, why }) => `= ${showRef(ref)} stays: ${why}`),
  )
  await confirm(`Remove these ${removed.length} objects?`, context)
}
