import type { ModelServerPlan, Plan } from '../../plan.ts'

/** The arguments of a model server. Without `optimization.enabled` it keeps to its own defaults. */
export function flagsOf({ settings }: Plan, { port, server }: ModelServerPlan): readonly string[] {
  const optimized = settings['optimization.enabled']
    ? {
        'gpu-memory-utilization': settings['optimization.gpu_memory_fraction'],
        'max-num-seqs': settings['optimization.batch_size'],
        'tensor-parallel-size': settings['optimization.model_parallelism'],
      }
    : {}
  const flags = { model: server.model, port: port.number, ...optimized }
  return [...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`), ...server.args]
}
