/** What is wrong with the settings of the archive taken together. */
export function archiveFaults(settings: Readonly<Record<string, unknown>>): readonly string[] {
  const faults: string[] = []
  const places = ['archive.path', 'archive.url', 'archive.url_file'].filter((key) => settings[key] !== undefined)
  const [, second] = places
  if (second !== undefined) faults.push(`${second}: expected one place for the archive, got ${places.join(' and ')}`)
  const { 'archive.after': after, 'archive.retention': keep } = settings
  if (keep !== 0 && Number(keep) <= Number(after)) {
    faults.push(`archive.retention: expected more days than archive.after (${after}), or 0 for ever, got ${keep}`)
  }
  return faults
}
