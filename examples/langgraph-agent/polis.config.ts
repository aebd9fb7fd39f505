import { defineConfig } from 'agentpolis'

// The agent brings its own model and tools: there is nothing to configure.
export default defineConfig({})
