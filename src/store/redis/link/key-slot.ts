const SLOTS = 16_384

/** The slot of a key in a Redis Cluster: a checksum (CRC-16/XMODEM) of what stands in its first braces, or of all of it. */
export function keySlot(key: string): number {
  const open = key.indexOf('{')
  const close = key.indexOf('}', open + 1)
  const hashed = open >= 0 && close > open + 1 ? key.slice(open + 1, close) : key
  let sum = 0
  for (const byte of Buffer.from(hashed)) {
    sum ^= byte << 8
    for (let bit = 0; bit < 8; bit++) sum = (sum & 0x8000) === 0 ? sum << 1 : (sum << 1) ^ 0x1021
    sum &= 0xffff
  }
  return sum % SLOTS
}
