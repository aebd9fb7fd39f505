import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { OpenApiSchema } from '../src/manifest/schema/compact.ts'

/** By definition and field, the texts that it may have. */
export type Choices = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

/** Reads the closed lists of texts (`+enum`) and the fields that have their type from the Go types of Kubernetes. */
export function readChoices(folder: string): Choices {
  const choices = new Map<string, ReadonlyMap<string, readonly string[]>>()
  for (const file of globSync('*/*/types.go', { cwd: folder })) {
    const text = readFileSync(join(folder, file), 'utf8')
    const lists = listsIn(text)
    const prefix = `io.k8s.api.${dirname(file).replaceAll('/', '.')}`
    for (const [, name, body = ''] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      const fields = [...body.matchAll(/^\t\w+\s+\*?(\w+)\s+`json:"(\w+)[",]/gm)].flatMap(
        ([, type = '', field = '']) => {
          const list = lists.get(type)
          return list === undefined ? [] : [[field, list] as const]
        },
      )
      if (fields.length > 0) choices.set(`${prefix}.${name}`, new Map(fields))
    }
  }
  return choices
}

/** Definitions with the closed lists of their fields. */
export function withChoices(
  definitions: Readonly<Record<string, OpenApiSchema>>,
  choices: Choices,
): Readonly<Record<string, OpenApiSchema>> {
  const changed = Object.entries(definitions).map(([name, definition]) => {
    const fields = choices.get(name)
    if (fields === undefined || definition.properties === undefined) return [name, definition] as const
    const properties = Object.entries(definition.properties).map(([field, schema]) => {
      const list = fields.get(field)
      return [field, list === undefined || schema.type !== 'string' ? schema : { ...schema, enum: list }] as const
    })
    return [name, { ...definition, properties: Object.fromEntries(properties) }] as const
  })
  return Object.fromEntries(changed)
}

function listsIn(text: string): ReadonlyMap<string, readonly string[]> {
  const closed = [...text.matchAll(/^\/\/ \+enum\n(?:\/\/.*\n)*type (\w+) string$/gm)].map(([, name = '']) => name)
  const values = [...text.matchAll(/^\t\w+\s+(\w+)\s+=\s+"([^"]*)"/gm)]
  return new Map(
    closed
      .map(
        (type) => [type, values.flatMap(([, of, value = '']) => (of === type && value !== '' ? [value] : []))] as const,
      )
      .filter(([, list]) => list.length > 0),
  )
}
