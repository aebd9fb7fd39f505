/** One bar: its name, its value, the value as text, and whether it stands out. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly text: string
  readonly ours?: boolean
}

/** Bars under one title. */
export interface BarGroup {
  readonly title: string
  readonly bars: readonly Bar[]
}

const WIDTH = 860
const LABEL = 270
const BAR = 18
const STEP = 26
const HEAD = 34

/**
 * An SVG of horizontal bars on a logarithmic scale, since the values differ by factors of hundreds. It follows the reader's colour scheme,
 * and says every value as text too.
 */
export function barChart(title: string, groups: readonly BarGroup[]): string {
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value)).filter((value) => value > 0)
  const scale = logarithmic(Math.min(...values), Math.max(...values), WIDTH - LABEL - 90)
  const parts: string[] = []
  let top = 44
  for (const { title: head, bars } of groups) {
    parts.push(text(12, top + 16, head, 'head'))
    top += HEAD
    for (const bar of bars) {
      parts.push(drawBar(bar, top, scale(bar.value)))
      top += STEP
    }
    top += 10
  }
  return `${opening(title, top)}${[text(12, 26, title, 'title'), ...parts].join('\n')}\n</svg>\n`
}

function logarithmic(least: number, most: number, width: number): (value: number) => number {
  const from = Math.log10(least) - 0.5
  const span = Math.max(Math.log10(most) - from, 0.1)
  return (value) => (value > 0 ? Math.max(2, ((Math.log10(value) - from) / span) * width) : 0)
}

function drawBar({ label, text: shown, ours }: Bar, top: number, width: number): string {
  return [
    text(LABEL - 10, top + 14, label, 'label'),
    `<rect x="${LABEL}" y="${top}" width="${width.toFixed(1)}" height="${BAR}" rx="2" class="${ours === true ? 'ours' : 'bar'}"/>`,
    text(LABEL + width + 8, top + 14, shown, 'value'),
  ].join('\n')
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text x="${x.toFixed(0)}" y="${y}" class="${kind}">${quote(content)}</text>`
}

function quote(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function opening(title: string, height: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${quote(title)}">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 }
.head { font-weight: 600 }
.label { text-anchor: end }
.bar { fill: #9aa4b2 }
.ours { fill: #2f6feb }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7681 } .ours { fill: #58a6ff } }
</style>
`
}
