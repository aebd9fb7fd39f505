import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'

const PORTS = [5775, 6831, 6832, 5778, 14_250, 14_268]
const VARIABLE = /^JAEGER_(AGENT_HOST|AGENT_PORT|ENDPOINT|SAMPLER_\w+|REPORTER_\w+)$/
const ADDRESS = /:(14268|14250|6831|6832|5775)(\/|$|[^\d])/
const IMAGE = /jaegertracing\/(jaeger-agent|jaeger-collector|jaeger-query|jaeger-ingester|all-in-one)(:|@|$)/

export const endOfLifeTracing: Rule = {
  id: 'end-of-life-tracing',
  severity: 'error',
  title: 'Traces go by a protocol of Jaeger that is gone',
  explanation:
    'Jaeger v1 with its agent, its collector and its own protocols has reached its end, and OpenTelemetry has dropped the Jaeger exporters: spans are lost. Send OTLP, to 4317 (gRPC) or 4318 (HTTP), which Jaeger v2 takes.',
  source: 'https://www.jaegertracing.io/docs/latest/getting-started/#migrating-from-v1',
  *check({ pods, of }) {
    for (const container of pods.flatMap(({ allContainers }) => allContainers)) {
      if (IMAGE.test(container.at('image').text ?? ''))
        yield { at: container.at('image'), message: 'This image is of Jaeger v1' }
      for (const variable of container.at('env').items)
        yield* look(
          variable.at('name').text ?? '',
          variable.at('value').exists ? variable.at('value') : variable.at('name'),
        )
      for (const word of container.at('args').items)
        if (ADDRESS.test(word.text ?? '')) yield { at: word, message: 'This is a port of Jaeger v1' }
    }
    for (const map of of('ConfigMap')) {
      for (const [key, field] of map.at('data').entries) yield* look(key, field)
    }
    for (const port of of('Service', '').flatMap((service) =>
      service.at('spec', 'ports').items.map((it) => it.at('port')),
    )) {
      if (PORTS.includes(port.number ?? 0)) yield { at: port, message: `${port.number} is a port of Jaeger v1` }
    }
  },
}

function* look(name: string, field: Field) {
  const text = field.text ?? ''
  if (VARIABLE.test(name)) yield { at: field, message: `'${name}' is read by exporters that are gone` }
  else if (name === 'OTEL_TRACES_EXPORTER' && text === 'jaeger')
    yield { at: field, message: 'OpenTelemetry has no Jaeger exporter any more' }
  else if (ADDRESS.test(text)) yield { at: field, message: 'It names a port of Jaeger v1' }
  else if (/^\s*jaeger(_thrift)?:\s*$/m.test(text) && /exporters:/.test(text))
    yield { at: field, message: 'The collector has no Jaeger exporter any more' }
}
