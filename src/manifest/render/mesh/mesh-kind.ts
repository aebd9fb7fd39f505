import type { EnvironmentSpec } from '../../../core/deployment/schema.ts'

type Mesh = EnvironmentSpec['mesh']

/** Options of a mesh of waypoints. */
export type AmbientMesh = Extract<Mesh, { readonly kind: 'ambient' }>

/** Options of a mesh of sidecars. */
export type SidecarMesh = Extract<Mesh, { readonly kind: 'sidecar' }>
