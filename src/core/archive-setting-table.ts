import type { Setting } from './setting.ts'

/** The rows of the settings table that say where ended runs go, and when. */
export const ARCHIVE_SETTINGS = {
  'archive.path': {
    kind: 'text',
    default: undefined,
    doc: 'File that ended runs leave the store for, relative to the project; by default they stay until they are removed.',
  },
  'archive.url': {
    kind: 'text',
    secret: true,
    default: undefined,
    doc: 'PostgreSQL database in the place of a file, as `postgres://user:password@host:5432/database`: give it in the environment, or in a file.',
  },
  'archive.url_file': { kind: 'text', default: undefined, doc: 'File with that address.' },
  'archive.after': {
    kind: 'number',
    default: 7,
    unit: 'days',
    min: 0,
    max: 36_500,
    fraction: true,
    doc: 'Days after its end that a run leaves the store for the archive, where there is one.',
  },
  'archive.retention': {
    kind: 'number',
    default: 400,
    unit: 'days',
    min: 0,
    max: 36_500,
    doc: 'Days after its end that an archived run is kept; 0 for ever.',
  },
} as const satisfies Readonly<Record<string, Setting>>
