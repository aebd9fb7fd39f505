import type { LintResult, Report } from '../lint.ts'
import type { Rule } from '../rule.ts'

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

/** Findings as SARIF 2.1.0, which code review of GitHub, GitLab and editors read. */
export function toSarif({ reports }: LintResult, rules: readonly Rule[], version: string): unknown {
  const used = rules.filter(({ id }) => reports.some(({ rule }) => rule === id))
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'polis lint', version, informationUri: 'https://agentpolis.dev', rules: used.map(describe) },
        },
        results: reports.map((report) => toResult(report, used)),
      },
    ],
  }
}

function describe({ id, title, explanation, source, severity }: Rule): unknown {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    helpUri: source,
    defaultConfiguration: { level: severity },
  }
}

function toResult(
  { rule, severity, message, object, path, file, line, column }: Report,
  rules: readonly Rule[],
): unknown {
  const logical = object === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: `${object} ${path}` }] }
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: severity,
    message: { text: object === undefined ? message : `${object}: ${message}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file },
          region: { startLine: line, startColumn: column },
        },
        ...logical,
      },
    ],
  }
}
