/** The folder of a project that holds its evals. */
export const EVAL_FOLDER = 'evals'

/** Names of files that hold evals. */
export const EVAL_FILE = /^(?![._]).+\.eval\.(?:ts|js|mjs)$/
