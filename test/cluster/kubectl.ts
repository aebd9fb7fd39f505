import { execFile } from 'node:child_process'
import { findProgram } from './kubernetes/program.ts'

/** What a program has printed, and its exit code. */
export interface Output {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The kubectl that was built, or else the user's. */
export function kubectlPath(): string {
  return findProgram('kubectl') ?? 'kubectl'
}

/** Runs kubectl. What it prints is the answer, whatever its exit code. */
export function kubectl(kubeconfig: string, args: readonly string[], input = ''): Promise<Output> {
  return run(kubectlPath(), ['--kubeconfig', kubeconfig, ...args], { input })
}

/** How a program is run. */
export interface RunOptions {
  readonly input?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  { input = '', cwd, env }: RunOptions = {},
): Promise<Output> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 }
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr })
    })
    child.stdin?.end(input)
  })
}
