import { Worker } from 'node:worker_threads'
import type { FromThread, Spawn } from './message.ts'

/** How threads are started. */
export interface SpawnOptions {
  /** Takes what agents' code prints: never standard output, which belongs to results. */
  readonly output: { write(text: string | Uint8Array): unknown }
  /** Megabytes that the code of agents may hold; by default what Node gives it. */
  readonly memory?: number
}

/** Starts real threads, each with modules of its own: a new thread is how changed code is read. */
export function createSpawn({ output, memory }: SpawnOptions): Spawn {
  // From source it is TypeScript, as published JavaScript.
  const entry = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)
  return (input, listener) => {
    const worker = new Worker(entry, {
      workerData: input,
      stdout: true,
      stderr: true,
      name: 'agents',
      ...(memory === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memory } }),
    })
    let error: unknown
    worker.on('message', (message: FromThread) => listener.message(message))
    worker.on('error', (reason) => (error = reason))
    worker.on('exit', (code) => listener.ended({ code, ...(error === undefined ? {} : { error }) }))
    worker.stdout.on('data', (text: Uint8Array) => output.write(text))
    worker.stderr.on('data', (text: Uint8Array) => output.write(text))
    return {
      post: (message) => worker.postMessage(message),
      terminate: async () => void (await worker.terminate()),
    }
  }
}
