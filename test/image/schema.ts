import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'

// Its schemas are what CycloneDX publishes.
const [LIBRARY, VERSION] = ['@cyclonedx/cyclonedx-library', '9.4.1']

/** What CycloneDX 1.6 has against a bill, a line each; a text says why its schema cannot be had. */
export async function validateBill(bill: unknown): Promise<readonly string[] | string> {
  const folder = await getSchemas().catch((reason: Error) => reason)
  if (typeof folder !== 'string') return folder.message
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'))
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
    ajv.addSchema(await read(name), `http://cyclonedx.org/schema/${name}`)
  const validate = ajv.compile(await read('bom-1.6.SNAPSHOT.schema.json'))
  validate(bill)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

async function getSchemas(): Promise<string> {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folder = join(caches, 'agentpolis', 'cyclonedx', VERSION)
  if (existsSync(folder)) return folder
  await mkdir(join(caches, 'agentpolis', 'cyclonedx'), { recursive: true })
  const work = await mkdtemp(join(caches, 'agentpolis', 'cyclonedx', 'fetch-'))
  try {
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', work, `${LIBRARY}@${VERSION}`]
    await promisify(execFile)('npm', args, { cwd: work, timeout: 120_000 })
    await cp(join(work, 'node_modules', LIBRARY, 'res/schema'), join(work, 'schema'), { recursive: true })
    await rename(join(work, 'schema'), folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return folder
}
