// For what the rules below do not see: rare pairs of letters, a space at the end.
const MARGIN = 1.05
const PIECE = /[A-Za-z]+|[0-9]+| +|[\t\r\n]+|[\u0080-\u{10ffff}]|[\s\S]/gu
// Latin with marks, Greek, Cyrillic, Armenian, Hebrew, Arabic: two bytes each, and no tokenizer splits them further than that.
const TWO_BYTES = 0x800
// Kana, Han and Hangul of the basic plane: three bytes each, of which tokenizers know most characters, or their first two bytes.
const isEastAsian = (point: number) => point >= 0x3000 && point <= 0xd7ff

/**
 * An upper bound of the tokens of a text, for tokenizers that merge bytes, as all do whose models are sold.
 *
 * No token is shorter than a byte, so the bytes are a bound that always holds, and four times too high. This one is lower where tokenizers
 * are known to be: words of small letters count a token for two letters, spaces between words none, digits one each, everything else
 * its bytes. What is no language (random letters, data in base64) can count a token for a letter, so what nobody could speak counts so.
 */
export function countTokens(text: string): number {
  let sum = 0
  for (const [piece] of text.matchAll(PIECE)) sum += countPiece(piece)
  return sum === 0 ? Math.sign(text.length) : Math.ceil(sum * MARGIN) + 1
}

function countPiece(piece: string): number {
  const first = piece.charCodeAt(0)
  if (first >= 0x80) return countBeyondAscii(piece.codePointAt(0) ?? 0)
  if (first === 0x20) return piece.length === 1 ? 0 : Math.ceil(piece.length / 4)
  if (first === 0x09 || first === 0x0a || first === 0x0d) return piece.length
  if (isLetter(first)) return isWord(piece) ? Math.ceil(piece.length / 2) : piece.length
  return piece.length
}

function countBeyondAscii(point: number): number {
  if (point < TWO_BYTES) return 2
  return isEastAsian(point) ? 3 : point > 0xffff ? 4 : 3
}

// Small letters, perhaps after one large one, that can be spoken, and are not longer than words are.
function isWord(piece: string): boolean {
  return piece.length <= 24 && /^[A-Z]?[a-z]*$/.test(piece) && !/[^aeiouy]{4}/i.test(piece)
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
}
