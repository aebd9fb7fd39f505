import { createServer } from 'node:net'

/** The first port from `first` on that nobody listens to, `except` left out. */
export async function freePort(first: number, except?: number): Promise<number> {
  for (let port = first; ; port++) if (port !== except && (await isFree(port))) return port
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
