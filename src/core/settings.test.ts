import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nearest } from './nearest.ts'
import { deadlinesOf, PORTS, PROBES } from './ports.ts'
import type { Setting } from './setting.ts'
import { readSetting } from './setting.ts'
import {
  DEV_DEFAULTS,
  environmentName,
  OLD_SETTINGS,
  parseSettings,
  SETTINGS,
  type SettingSources,
} from './settings.ts'

const faultsOf = (sources: SettingSources) => {
  try {
    parseSettings(sources)
  } catch (error) {
    const { code, details } = error as { code: string; details: { faults: string[] } }
    assert.equal(code, 'INVALID_CONFIG')
    return details.faults
  }
  return []
}

describe('the settings table', () => {
  it('has defaults that are valid, and a doc line that is a sentence', () => {
    for (const [key, setting] of Object.entries<Setting>(SETTINGS)) {
      assert.match(key, /^[a-z0-9]+(\.[a-z][a-z_]*)+$/)
      assert.match(setting.doc, /^\p{Lu}.*\.$/u)
      if (setting.default !== undefined)
        assert.deepEqual(readSetting(setting, setting.default), { value: setting.default }, key)
    }
    parseSettings({ project: DEV_DEFAULTS })
  })

  it('gives every setting an environment variable of its own', () => {
    const names = [...Object.keys(SETTINGS), ...Object.keys(OLD_SETTINGS)].map(environmentName)
    assert.equal(new Set(names).size, names.length)
    assert.equal(environmentName('agent.heartbeat_interval'), 'POLIS_AGENT_HEARTBEAT_INTERVAL')
  })

  it('holds the defaults that the first users expect', () => {
    const { settings } = parseSettings()
    const expected = {
      'redis.port': 6379,
      'prometheus.enabled': true,
      'prometheus.port': 9090,
      'agent.max_concurrent_workflows': 100,
      'agent.heartbeat_interval': 15,
      'agent.health_check_timeout': 5,
      'agent.graceful_shutdown_timeout': 60,
      'mcp.server.timeout': 120,
      'mcp.connection_pool_size': 50,
      'a2a.discovery.enabled': true,
      'acp.local_registry.enabled': true,
      'optimization.gpu_memory_fraction': 0.8,
      'optimization.batch_size': 32,
      'audit.enabled': true,
      'audit.log_level': 'INFO',
      'scaling.min_replicas': 3,
      'scaling.max_replicas': 50,
      'scaling.target_cpu_utilization': 70,
      'scaling.target_memory_utilization': 80,
      'scaling.gpu_utilization_threshold': 75,
      'server.port': 8080,
      'auth.mode': 'required',
      'store.durability': 'disk',
    } as const
    assert.deepEqual(
      Object.fromEntries(Object.keys(expected).map((key) => [key, settings[key as keyof typeof expected]])),
      expected,
    )
    assert.ok(Object.isFrozen(settings))
  })
})

describe('parseSettings', () => {
  it('lets later sources win: defaults, project, environment, overrides', () => {
    const sources = {
      defaults: DEV_DEFAULTS,
      project: { 'server.port': 1, 'log.level': 'debug', 'agent.suspend_after': '2s' },
      env: { POLIS_SERVER_PORT: '2', POLIS_LOG_LEVEL: 'warn', HOME: '/' },
      overrides: { 'server.port': 3 },
    }
    const { settings, warnings } = parseSettings(sources)
    assert.deepEqual(warnings, [])
    assert.deepEqual(
      [
        settings['server.port'],
        settings['log.level'],
        settings['agent.suspend_after'],
        settings['agent.heartbeat_interval'],
      ],
      [3, 'warn', 2000, 2],
    )
  })

  it('reads text as an environment gives it', () => {
    const env = {
      POLIS_SERVER_CORS_ORIGINS: 'https://a.example, https://b.example,',
      POLIS_PROMETHEUS_ENABLED: 'no',
      POLIS_AGENT_GRACEFUL_SHUTDOWN_TIMEOUT: '2m',
      POLIS_STORE_RETENTION: '36h',
      POLIS_STORE_PATH: '',
    }
    assert.deepEqual(faultsOf({ env }), [
      "POLIS_STORE_RETENTION: expected a whole number from 0 to 36500 (days), got '36h'",
    ])
    const { settings } = parseSettings({ env: { ...env, POLIS_STORE_RETENTION: '48h' } })
    assert.deepEqual(settings['server.cors_origins'], ['https://a.example', 'https://b.example'])
    assert.deepEqual(
      [
        settings['prometheus.enabled'],
        settings['agent.graceful_shutdown_timeout'],
        settings['store.retention'],
        settings['store.path'],
      ],
      [false, 120, 2, '.polis/store.db'],
    )
  })

  it('lists everything wrong at once, with what was expected and got', () => {
    const project = {
      'server.port': 70_000,
      'prometheus.port': '9090x',
      'log.level': 'loud',
      'auth.mode': null,
      'store.path': {},
      'audit.enabled': 'perhaps',
      'server.cors_origins': [1],
      'agent.heartbeat_interval': Number.NaN,
    }
    assert.deepEqual(faultsOf({ project }), [
      'server.port: expected a whole number from 0 to 65535, got 70000',
      "prometheus.port: expected a whole number from 0 to 65535, got '9090x'",
      "log.level: expected one of 'debug', 'info', 'warn', 'error', 'silent', got 'loud'",
      "auth.mode: expected one of 'open', 'required', got null",
      'store.path: expected a text, got an object',
      "audit.enabled: expected true or false, got 'perhaps'",
      'server.cors_origins: expected a list of texts, got a list',
      'agent.heartbeat_interval: expected a number from 0.1 to 300 (s), got NaN',
    ])
  })

  it('refuses unknown names and suggests the one that was meant', () => {
    const project = {
      'agent.heartbeet_interval': 5,
      agent: { heartbeat_interval: 5 },
      nonsense: 1,
      __proto__: null,
      constructor: 1,
    }
    assert.deepEqual(faultsOf({ project }), [
      "agent.heartbeet_interval: there is no such setting; did you mean 'agent.heartbeat_interval'?",
      "agent: there is no such setting; write dotted names, such as 'agent.max_concurrent_workflows'",
      'nonsense: there is no such setting; docs/reference/settings.md lists them all',
      'constructor: there is no such setting; docs/reference/settings.md lists them all',
    ])
  })

  it('refuses settings that contradict one another', () => {
    assert.deepEqual(
      faultsOf({ project: { 'scaling.min_replicas': 9, 'scaling.max_replicas': 2, 'server.port': 9090 } }),
      [
        'scaling.min_replicas: expected at most scaling.max_replicas (2), got 9',
        'prometheus.port: expected another port than server.port, got 9090 for both',
      ],
    )
  })

  it('warns of what does nothing yet, and of old names, once each', () => {
    const { settings, warnings } = parseSettings({
      project: { 'jaeger.endpoint': 'http://a:4317' },
      env: { POLIS_TRACING_ENABLED: 'true' },
    })
    assert.equal(settings['tracing.endpoint'], 'http://a:4317')
    assert.deepEqual(warnings, [
      'jaeger.endpoint is the old name of tracing.endpoint: use the new one',
      'jaeger.endpoint is set but does nothing: traces are not exported yet',
      'POLIS_TRACING_ENABLED is set but does nothing: traces are not exported yet',
    ])
  })

  it('only warns of unknown variables, and ignores those of Kubernetes and of the command line', () => {
    const env = {
      POLIS_LOG_LEVL: 'info',
      POLIS_API_KEY: 'k',
      POLIS_SERVICE_HOST: '10.0.0.1',
      POLIS_PORT_8080_TCP_ADDR: '10.0.0.1',
      POLIS_SERVER_PORT: 'tcp://10.0.0.1:8080',
    }
    const { settings, warnings } = parseSettings({ env })
    assert.equal(settings['server.port'], 8080)
    assert.deepEqual(warnings, [
      "POLIS_LOG_LEVL is no setting and is ignored; did you mean 'POLIS_LOG_LEVEL'?",
      "POLIS_SERVER_PORT is ignored: 'tcp://10.0.0.1:8080' was set by Kubernetes for a service of that name; put 'enableServiceLinks: false' in the pod",
    ])
  })
})

describe('nearest', () => {
  it('finds a word within a third of its letters, and none beyond', () => {
    assert.equal(nearest('strt', ['stop', 'start']), 'start')
    assert.equal(nearest('zzzz', ['stop', 'start']), undefined)
    assert.equal(nearest('', ['a']), undefined)
  })
})

describe('ports and probes', () => {
  it('agree with the settings that move them', () => {
    const { settings } = parseSettings()
    for (const { number, setting } of Object.values(PORTS))
      if (setting !== undefined) assert.equal(settings[setting], number)
    for (const probe of Object.values(PROBES)) assert.ok(probe.port in PORTS)
  })

  it('leave each party longer than the one it waits for', () => {
    for (const drain of [0, 0.5, 60, 3600]) {
      const { settings } = parseSettings({ project: { 'agent.graceful_shutdown_timeout': drain } })
      const deadlines = deadlinesOf(settings)
      assert.ok(deadlines.probe > deadlines.check)
      assert.ok(deadlines.grace > deadlines.drain + deadlines.close)
    }
  })
})
