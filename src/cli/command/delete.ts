import type { Command } from 'commander'
import { refOf } from '../../cluster/api.ts'
import { findRemoval, type Removal, removeDeployment } from '../../cluster/remove.ts'
import { PolisError } from '../../core/error.ts'
import { changeDependencies, changeTerms } from '../cluster/change-terms.ts'
import { confirm } from '../cluster/confirm.ts'
import { type NamedFlags, nameDeployment, openCluster, withName } from '../cluster/open-deployment.ts'
import { refuseAnother } from '../cluster/recorded-objects.ts'
import { showRef } from '../cluster/show-change.ts'
import { type Cli, type Context, contextOf } from '../context.ts'

interface DeleteFlags extends NamedFlags {
  readonly volumes?: boolean
  readonly yes?: boolean
  readonly timeout?: string
}

/** Adds `polis delete`. */
export function addDelete(program: Command, cli: Cli): void {
  withName(program.command('delete'))
    .description('remove the deployment from the cluster; its data stays unless --volumes is given')
    .option('--volumes', 'remove volume claims too, with every run in them, and generated secrets')
    .option('-y, --yes', 'do not ask')
    .option('--timeout <time>', 'time to wait for another who changes it (default: 10m)')
    .action(async (flags: DeleteFlags, command: Command) => {
      await remove(flags, contextOf(command, cli), cli)
    })
}

async function remove(flags: DeleteFlags, context: Context, cli: Cli): Promise<void> {
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
