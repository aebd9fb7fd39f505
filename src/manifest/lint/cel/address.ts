import { isIP } from 'node:net'
import type { Environment } from '@marcbachmann/cel-js'

/** Gives an environment Kubernetes' functions of URLs and IP addresses, but for arithmetic of networks. */
export function registerAddress(environment: Environment): void {
  environment
    .registerType('kubernetes.URL', URL)
    .registerFunction('isURL(string): bool', (text: string) => urlOf(text) !== undefined)
    .registerFunction('url(string): kubernetes.URL', (text: string) => {
      const url = urlOf(text)
      if (url === undefined) throw new TypeError(`'${text}' is no URL`)
      return url
    })
    .registerFunction('kubernetes.URL.getScheme(): string', ({ protocol }: URL) =>
      protocol === PATH_ALONE ? '' : protocol.slice(0, -1),
    )
    .registerFunction('kubernetes.URL.getHost(): string', ({ host }: URL) => host)
    .registerFunction('kubernetes.URL.getHostname(): string', ({ hostname }: URL) => hostname)
    .registerFunction('kubernetes.URL.getPort(): string', ({ port }: URL) => port)
    .registerFunction('kubernetes.URL.getEscapedPath(): string', ({ pathname }: URL) => pathname)
    .registerFunction('isIP(dyn): bool', (text: unknown) => typeof text === 'string' && isIP(text) !== 0)
}

const PATH_ALONE = 'path:'

// A path from the root is a URL to Go, without a scheme and without a host.
function urlOf(text: string): URL | undefined {
  return URL.parse(text.startsWith('/') ? `${PATH_ALONE}${text}` : text) ?? undefined
}
