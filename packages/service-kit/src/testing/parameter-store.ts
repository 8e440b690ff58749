import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { eventually, freePorts } from '@pf/eventing/testing'

export type ParameterType = 'String' | 'SecureString'

/** A server that speaks Parameter Store's protocol. */
export type ParameterServer = {
  readonly endpoint: string
  put(name: string, value: string, type?: ParameterType): Promise<void>
  stop(): Promise<void>
}

/** What the SDK finds of an identity: any, since neither server knows one. */
export const anyIdentity = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }
const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' }

/** moto, which implements AWS' own answers: `PF_MOTO`, else `moto_server` on the PATH; undefined where neither runs. */
export function findMoto(): string | undefined {
  const command = process.env['PF_MOTO'] ?? 'moto_server'
  return spawnSync(command, ['--help'], { stdio: 'ignore' }).status === 0 ? command : undefined
}

export async function startMoto(command: string): Promise<ParameterServer> {
  const [port] = await freePorts(1)
  const endpoint = `http://127.0.0.1:${port}`
  const server: ChildProcess = spawn(command, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  await eventually(() => fetch(`${endpoint}/moto-api/`), 60_000)
  const client = new SSMClient({ endpoint, credentials, region: 'eu-west-2' })
  return {
    endpoint,
    async put(Name, Value, Type = 'String') {
      await client.send(new PutParameterCommand({ Name, Value, Type, Overwrite: true }))
    },
    async stop() {
      client.destroy()
      server.kill()
      await ended
    },
  }
}

/**
 * GetParametersByPath by itself, ten to a page: for faults that no emulator plays, and where there is none. What `fails` names is
 * answered in its place.
 */
export async function startParameters(): Promise<
  ParameterServer & { asked: { target: unknown; body: unknown }[]; fails(error: string | undefined): void }
> {
  const stored = new Map<string, { Value: string; Type: ParameterType }>()
  const asked: { target: unknown; body: unknown }[] = []
  let failing: string | undefined
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks).toString()) as {
      Path: string
      WithDecryption?: boolean
      NextToken?: string
    }
    asked.push({ target: request.headers['x-amz-target'], body })
    response.writeHead(failing === undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' })
    if (failing !== undefined) {
      response.end(JSON.stringify({ __type: failing }))
      return
    }
    const from = Number(body.NextToken ?? 0)
    const under = [...stored].filter(([name]) => name.slice(0, name.lastIndexOf('/')) === body.Path)
    const Parameters = under.slice(from, from + 10).map(([Name, { Value, Type }]) => ({
      Name,
      Type,
      Value: Type === 'SecureString' && body.WithDecryption !== true ? 'encrypted' : Value,
    }))
    const NextToken = under.length > from + 10 ? String(from + 10) : undefined
    response.end(JSON.stringify({ Parameters, NextToken }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    asked,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fails: (error) => {
      failing = error
    },
    put: async (name, Value, Type = 'String') => void stored.set(name, { Value, Type }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
