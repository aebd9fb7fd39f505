/** What a worker that takes every release of an agent says that it holds: `dev`, where code changes under its runs. */
export const ANY_RELEASE = '*'
