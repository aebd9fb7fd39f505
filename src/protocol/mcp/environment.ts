/** What a child needs to run at all; everything else, credentials above all, stays here unless the project names it. */
const KEPT = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TERM',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TMP',
  'TEMP',
  'SYSTEMROOT',
  'COMSPEC',
  'PATHEXT',
  'WINDIR',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
  'PROGRAMFILES',
  'PROGRAMDATA',
]

/** The environment of a server's process: the few variables of ours that are harmless and needed, and `extra`, which wins. */
export function scrubbedEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  extra: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && (KEPT.includes(pair[0]) || pair[0].startsWith('LC_')),
  )
  return { ...Object.fromEntries(kept), ...extra }
}
