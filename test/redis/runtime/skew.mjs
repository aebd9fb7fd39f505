// Preloaded into a process whose machine is to have another time: POLIS_TEST_SKEW is by how much (ms).
const skew = Number(process.env.POLIS_TEST_SKEW)
const { now } = Date
Date.now = () => now() + skew
