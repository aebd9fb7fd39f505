import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'agentpolis'

// The official filesystem server serves only folders that exist when it starts.
mkdirSync(new URL('.polis/reports', import.meta.url), { recursive: true })

export default defineConfig({
  servers: {
    files: {
      command: process.execPath,
      args: [
        fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-filesystem/dist/index.js')),
        // Relative paths in calls begin at the first folder.
        'repository',
        '.polis/reports',
      ],
      // The whole file is written at once: doing it twice is doing it once. Reading is annotated by the server itself.
      effects: { write_file: 'idempotent' },
    },
  },
})
