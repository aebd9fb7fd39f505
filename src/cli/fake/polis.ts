import { runCli } from '../run-cli.ts'
import { createFakePorts, type FakeState } from './client.ts'
import { createFakeIo, type FakeIoOptions } from './io.ts'

/** One call of the command line over the fake runtime; `args` as a shell would split them at spaces. */
export async function polis(args: string | readonly string[], state: FakeState = {}, options: FakeIoOptions = {}) {
  const io = createFakeIo(options)
  const ports = createFakePorts(state)
  const list = typeof args === 'string' ? args.split(' ').filter((word) => word !== '') : args
  const code = await runCli({ args: list, io, ports, version: '1.2.3' })
  return { code, out: io.out(), err: io.err(), calls: ports.calls }
}
