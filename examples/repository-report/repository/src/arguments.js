const FEET = 0.3048

/** Reads `--gauge NAME --draught METRES`; a draught such as `6ft` is in feet. */
export function parseArguments(words) {
  const gauge = valueAfter(words, '--gauge')
  const draught = valueAfter(words, '--draught')
  if (gauge === undefined || draught === undefined) {
    throw new Error('Expected --gauge NAME --draught METRES')
  }
  return { gauge, draught: toMetres(draught) }
}

function valueAfter(words, option) {
  const at = words.indexOf(option)
  return at === -1 ? undefined : words[at + 1]
}

function toMetres(text) {
  const number = Number.parseFloat(text)
  // TODO: refuse a draught that is no number, instead of promising every passage.
  return text.endsWith('ft') ? number * FEET : number
}
