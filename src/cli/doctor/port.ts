import { once } from 'node:events'
import { createServer } from 'node:net'
import { PORTS } from '../../core/ports.ts'
import type { Settings } from '../../core/settings.ts'
import type { Check } from './check.ts'

/** Checks that the ports that `dev` and `serve` listen on are free. */
export async function* checkPorts(settings: Settings): AsyncGenerator<Check> {
  yield await checkPort(PORTS.rest.setting, settings['server.host'], settings['server.port'])
  if (settings['prometheus.enabled']) {
    yield await checkPort(PORTS.metrics.setting, settings['server.host'], settings['prometheus.port'])
  }
}

/** Checks one port by listening on it for a moment. */
export async function checkPort(setting: string, host: string, port: number): Promise<Check> {
  const base = { area: 'ports', name: setting } as const
  if (port === 0) return { ...base, status: 'ok', detail: 'any free port' }
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return { ...base, status: 'ok', detail: `${port} on ${host} is free` }
  } catch (reason) {
    return { ...base, ...explain(reason, host, port) }
  }
}

function explain(reason: unknown, host: string, port: number): Pick<Check, 'status' | 'detail' | 'advice'> {
  const code = reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason)
  if (code === 'EADDRINUSE') {
    const advice = 'It may be this project, which is being served; else end that process, or set another port'
    return { status: 'warn', detail: `${port} on ${host} is in use`, advice }
  }
  if (code === 'EACCES') {
    return { status: 'fail', detail: `this user may not open ${port}`, advice: 'Take a port from 1024 upwards' }
  }
  return { status: 'fail', detail: `${host}:${port} cannot be listened on (${code})`, advice: 'Correct server.host' }
}
