import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StartedTestContainer, WaitStrategy } from 'testcontainers'

/** `PF_TEST_SERVERS=containers`: servers of specs are containers of the composition's images, else programs of this machine. */
export function onContainers(): boolean {
  const said = process.env['PF_TEST_SERVERS'] ?? 'local'
  if (said === 'containers' || said === 'local') return said === 'containers'
  throw new Error(`PF_TEST_SERVERS is ${said}; expected containers or local.`)
}

/** The image that docker-compose.yml runs for a service: what is tested is what is run. */
export function composedImage(service: string): string {
  const composition = readFileSync(join(import.meta.dirname, '../../../../docker-compose.yml'), 'utf8')
  const [, image] = new RegExp(`\\n  ${service}:\\n(?: {4}.*\\n)*? {4}image: (\\S+)\\n`).exec(composition) ?? []
  if (image === undefined) throw new Error(`docker-compose.yml names no image of ${service}.`)
  return image
}

export type ContainerOptions = {
  service: string
  ports: readonly (number | { container: number; host: number })[]
  command?: readonly string[]
  environment?: Readonly<Record<string, string>>
  files?: Readonly<Record<string, string>>
  ready: (wait: typeof import('testcontainers').Wait) => WaitStrategy
}

/** On ports of 127.0.0.1; removed by testcontainers' reaper where this process ends without stopping it. */
export async function startContainer(options: ContainerOptions): Promise<StartedTestContainer> {
  const { service, ports, command = [], environment = {}, files = {}, ready } = options
  // Loaded where it is used: it is large.
  const { GenericContainer, Wait } = await import('testcontainers')
  return new GenericContainer(composedImage(service))
    .withExposedPorts(...ports)
    .withCommand([...command])
    .withEnvironment({ ...environment })
    .withCopyContentToContainer(Object.entries(files).map(([target, content]) => ({ target, content })))
    .withWaitStrategy(ready(Wait))
    .withStartupTimeout(60_000)
    .start()
}

/** To the container's first process, as `kill` would: SIGKILL and SIGSTOP have no word in testcontainers. */
export async function signalContainer(container: StartedTestContainer, signal: NodeJS.Signals): Promise<void> {
  const { getContainerRuntimeClient } = await import('testcontainers')
  const client = await getContainerRuntimeClient()
  await client.container.getById(container.getId()).kill({ signal })
}

/** After a kill: the same container, its data and its ports. */
export async function startAgain(container: StartedTestContainer): Promise<void> {
  const { getContainerRuntimeClient } = await import('testcontainers')
  const client = await getContainerRuntimeClient()
  await client.container.getById(container.getId()).start()
}
