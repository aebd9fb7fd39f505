import type { Metric } from '../telemetry/metric.ts'

/** What a model server reports that speaks as vLLM does (0.10 or later), as far as it is scaled on. */
export const MODEL_METRICS = {
  'vllm:num_requests_waiting': {
    type: 'gauge',
    labels: ['model_name', 'engine'],
    doc: 'Requests that wait for room in the batch.',
  },
  // Earlier versions called it vllm:gpu_cache_usage_perc.
  'vllm:kv_cache_usage_perc': {
    type: 'gauge',
    labels: ['model_name', 'engine'],
    doc: 'Share of the KV cache in use, 0 to 1.',
  },
} as const satisfies Readonly<Record<string, Metric>>
