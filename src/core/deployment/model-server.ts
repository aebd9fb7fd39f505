import { z } from 'zod'
import { dottedName, labelTexts, options, quantity, text, whole } from './field.ts'

/** A model server on GPUs that speaks as OpenAI does: vLLM, or what takes its flags. */
export const MODEL_SERVER = options({
  model: text.describe('Model that it loads, such as `Qwen/Qwen3-8B`.'),
  image: text
    .default('vllm/vllm-openai:v0.32.0')
    .describe('Image of the server, which must run as the user 2000 with a root file system that it cannot write to.'),
  gpus: whole(1, 16)
    .default(1)
    .describe('GPUs of each pod (`nvidia.com/gpu`); one model is spread over `optimization.model_parallelism`.'),
  deviceClass: dottedName.optional().describe('Asks for GPUs by a ResourceClaim of this DeviceClass (DRA) instead.'),
  pool: labelTexts.default({ 'nvidia.com/gpu.present': 'true' }).describe('Labels of the nodes that have the GPUs.'),
  minReplicas: whole(0, 1000).default(1).describe('Fewest pods; how many there are where KEDA does not scale.'),
  maxReplicas: whole(1, 1000).default(4).describe('Most pods (KEDA).'),
  memory: quantity.default('24Gi').describe('Memory of each pod.'),
  cpu: quantity.default('4').describe('CPU that each pod asks for.'),
  sharedMemory: quantity.default('8Gi').describe('Shared memory between its processes.'),
  cache: quantity.default('100Gi').describe('Room for the model on the node.'),
  args: z.array(text).default([]).describe('Further arguments of the server.'),
  queuePerPod: whole(1, 10_000).default(8).describe('Requests that wait, per pod, to scale towards (KEDA).'),
  cacheUse: whole(1, 100).default(80).describe('Percentage of the KV cache in use to scale towards (KEDA).'),
})
