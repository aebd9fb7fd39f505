/** Whether an address or host name can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}

/** The host name of a Host header or an origin's authority, without its port. */
export function hostNameOf(authority: string): string {
  return authority.replace(/:\d{0,5}$/, '')
}
