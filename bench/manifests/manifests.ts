import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createPlan } from '../../src/manifest/create-plan.ts'
import { nameOf } from '../../src/manifest/object.ts'
import { renderManifests } from '../../src/manifest/render.ts'
import { toYaml } from '../../src/manifest/yaml.ts'
import { getHelm } from '../../test/chart/helm.ts'
import { buildBench } from '../build.ts'
import { inFolder, median, printMachine, printTable } from '../child.ts'
import { writeReport } from '../page.ts'

const OBJECTS = 500
const EXAMPLE = fileURLToPath(new URL('../../examples/incident-desk', import.meta.url))

interface Work {
  readonly name: string
  readonly command: readonly string[]
}

/** How long `polis render` and `polis lint` take, whole processes, beside what others take to read the same objects and print them. */
export async function manifests(options: { readonly rounds: number; readonly write: boolean }): Promise<void> {
  printMachine()
  const polis = [process.execPath, join(buildBench(), '../src/main.js')]
  await inFolder(async (folder) => {
    const objects = await writeObjects(folder)
    const helm = await getHelm().catch(() => 'helm')
    const works: readonly Work[] = [
      { name: 'polis render, the example', command: [...polis, 'render', '--dir', EXAMPLE] },
      { name: `polis lint, ${objects} objects`, command: [...polis, 'lint', join(folder, 'plain')] },
      { name: `kubectl kustomize, ${objects} objects`, command: ['kubectl', 'kustomize', join(folder, 'plain')] },
      { name: `helm template, ${objects} objects`, command: [helm, 'template', join(folder, 'chart')] },
    ]
    const rows = works.map(({ name, command }) => [name, timeOf(command, options.rounds)])
    const head = ['Command', 'Seconds']
    printTable(head, rows)
    if (!options.write) return
    const about = `The whole of each process, start included: the median of ${options.rounds} rounds. \`kubectl kustomize\` and \`helm template\` read the same objects and print them; they check nothing.`
    writeReport('manifests', 'Manifests', 'manifests', [about, { head, rows }])
  })
}

/** As many objects as are wanted, of projects that differ in their names: as a kustomization and as a chart. */
async function writeObjects(folder: string): Promise<number> {
  const [plain, chart] = [join(folder, 'plain'), join(folder, 'chart/templates')]
  await mkdir(plain, { recursive: true })
  await mkdir(chart, { recursive: true })
  const names: string[] = []
  const seen = new Set<string>()
  for (let project = 0; seen.size < OBJECTS; project += 1) {
    for (const manifest of manifestsOf(project)) {
      // What belongs to the cluster is the same for all: once is enough.
      const objects = manifest.objects.filter((object) => !seen.has(nameOf(object))).slice(0, OBJECTS - seen.size)
      for (const object of objects) seen.add(nameOf(object))
      if (objects.length === 0) continue
      const [name, text] = [`${project}-${manifest.file}`, toYaml({ ...manifest, objects })]
      names.push(name)
      await writeFile(join(plain, name), text)
      await writeFile(join(chart, name), text.replaceAll('{{', '{{ "{{" }}'))
    }
  }
  const list = names.map((name) => `  - ${name}\n`).join('')
  await writeFile(
    join(plain, 'kustomization.yaml'),
    `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${list}`,
  )
  await writeFile(join(folder, 'chart/Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 1.0.0\n')
  return seen.size
}

function manifestsOf(project: number): ReturnType<typeof renderManifests> {
  const [environment, agents] = [undefined, { clerk: `r${project}` }]
  return renderManifests(
    createPlan({ packageName: `desk-${project}`, environment, deployment: {}, settings: {}, agents }),
  )
}

function timeOf([file = '', ...args]: readonly string[], rounds: number): string {
  const isThere =
    existsSync(file) || (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, file)))
  if (!isThere) return 'not installed'
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now()
    const { status, stderr } = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
    // A finding is an answer, too.
    if (status !== 0 && !(args.includes('lint') && status === 1))
      throw new Error(`${file} ended with ${status}: ${stderr}`)
    return (performance.now() - started) / 1000
  })
  return median(times).toFixed(2)
}
