// The workload of every peer: a 50-byte input, three sequential steps of 100 bytes, the result recorded at the end.
export const INPUT = { text: 'x'.repeat(39) }
export const OUTPUT = 'y'.repeat(98)
