import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PolisError } from '../../core/error.ts'
import { readOptional } from './dockerfile.ts'
import type { Execute, ExecuteOptions } from './execute.ts'

type Env = ExecuteOptions['env']

// What says how registries are reached; other things that a user set are for this machine.
const REACHING = /^(registry|@[^:]+:registry|\/\/.*|ca(\[\])?|proxy|https?-proxy|noproxy|strict-ssl)$/

/**
 * The `.npmrc` that an installation inside a build needs: the project's own, and of the user's what says how registries are reached.
 *
 * Variables are filled in, and certificates stand in it, since neither the environment nor a file of this machine is there in a build. It
 * is a secret, and reaches the build as one: no layer holds it.
 */
export async function npmAccess(dir: string, execute: Execute, options: ExecuteOptions): Promise<string> {
  const { env } = options
  const userFile = env.npm_config_userconfig ?? (env.HOME === undefined ? undefined : join(env.HOME, '.npmrc'))
  const user = userFile === undefined ? [] : linesOf(await readOptional(userFile), env)
  const own = linesOf(await readOptional(join(dir, '.npmrc')), env)
  const chosen = [...user.filter(([key]) => REACHING.test(key)), ...own.filter(([key]) => key !== 'cafile')]
  const lines = [...chosen.map(([key, value]) => `${key}=${value}`), ...(await certificates(dir, execute, options))]
  return lines.map((line) => `${line}\n`).join('')
}

function linesOf(text: string | undefined, env: Env): readonly (readonly [string, string])[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes('=') && !/^[#;]/.test(line))
    .map((line) => {
      const at = line.indexOf('=')
      const value = line.slice(at + 1).trim()
      return [line.slice(0, at).trim(), value.replace(/\$\{([^}]+)\}/g, (whole, name) => env[name] ?? whole)]
    })
}

// Whoever set them: npm knows its own file, and Node reads those of one variable besides.
async function certificates(dir: string, execute: Execute, options: ExecuteOptions): Promise<readonly string[]> {
  const { show: _, ...quiet } = options
  const cafile = await execute('npm', ['config', 'get', 'cafile'], { ...quiet, cwd: dir }).then(
    (text) => text.trim().replace(/^null$/, ''),
    // Without npm there is none of its files either.
    () => '',
  )
  const found: string[] = []
  for (const file of [cafile, options.env.NODE_EXTRA_CA_CERTS ?? '']) {
    if (file !== '') found.push(...(await readCertificates(resolve(dir, file))))
  }
  return [...new Set(found)].map((certificate) => `ca[]="${certificate.trim().replaceAll(/\r?\n/g, '\\n')}"`)
}

async function readCertificates(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    const where = 'cafile of npm, or NODE_EXTRA_CA_CERTS'
    throw new PolisError('INVALID_CONFIG', `${where}: expected a file that can be read, got ${file}`, {
      ...{ cause, details: { hint: 'Correct the path, or unset it' } },
    })
  })
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
}
