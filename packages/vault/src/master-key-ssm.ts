import { MasterKeyRefused } from './refusals.ts'

/** A parameter of AWS Systems Manager. Region, profile and roles by the SDK's usual settings. */
export type SsmParameter = {
  name: string
  /** Of a stand-in, or a VPC endpoint; AWS' own unless told. */
  endpoint?: string | undefined
  /** The SDK's own chain is asked unless told. */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined
}

const timeoutMs = 10_000

/** The text of a SecureString, decrypted. Throws MasterKeyRefused: missing, kept in the clear, or nobody answers. */
export async function readSsmParameter({ name, endpoint, credentials }: SsmParameter): Promise<string> {
  // Loaded where it is used: whoever keeps the key in a file starts without it.
  const { GetParameterCommand, ParameterNotFound, SSMClient } = await import('@aws-sdk/client-ssm')
  const client = new SSMClient({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  })
  const setting = `PF_MASTER_KEY_SSM names the parameter ${name}`
  try {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true })
    const { Parameter } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) })
    if (Parameter?.Type !== 'SecureString') {
      const found = Parameter?.Type ?? 'none'
      throw new MasterKeyRefused(
        'master_key_open',
        `${setting}, of type ${found}: whoever may list parameters reads it. Expected a SecureString; put it there anew as one.`,
      )
    }
    return Parameter.Value ?? ''
  } catch (error) {
    if (error instanceof MasterKeyRefused) throw error
    if (error instanceof ParameterNotFound) {
      throw new MasterKeyRefused('master_key_missing', `${setting}, and there is none. Put the master key there.`)
    }
    // Of AWS' answers only the name: words of another system may quote anything.
    const why = error instanceof Error ? error.name : 'unknown'
    throw new MasterKeyRefused(
      'master_key_unreachable',
      `${setting}, which could not be read (${why}). Check region, network, and that ssm:GetParameter and kms:Decrypt are allowed.`,
      { cause: error },
    )
  } finally {
    client.destroy()
  }
}
