/** What a request shows of who sends it. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  /** PEM. */
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number
}

/** How a cluster is reached. */
export interface Connection {
  /** Without a slash at its end. */
  readonly server: string
  readonly tls: {
    readonly ca?: string | Buffer
    readonly servername?: string
    readonly rejectUnauthorized?: boolean
  }
  /** URL of an HTTP proxy on the way. */
  readonly proxy?: string
  /** Variables that say which proxy is on the way to which host, where the kubeconfig says nothing of one. */
  readonly proxyEnv?: Readonly<Record<string, string>>
  /** Namespace of the context. */
  readonly namespace?: string
  /** Whether other credentials may be had where these are refused. */
  readonly renews: boolean
  credentials(): Promise<Credentials>
}
