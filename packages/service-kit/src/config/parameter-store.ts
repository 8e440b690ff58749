/** A folder of Parameter Store. Region, profile and role by the SDK's usual settings. */
export type ParameterFolder = {
  path: string
  /** Of a stand-in, or a VPC endpoint; AWS' own unless told. */
  endpoint?: string | undefined
  /** The SDK's own chain is asked unless told. */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined
}

/** A parameter by the last part of its name. `secure`: it was a SecureString there, and is decrypted here. */
export type Parameters = ReadonlyMap<string, { value: string; secure: boolean }>

export type ParametersProblem = 'ssm_forbidden' | 'ssm_throttled' | 'ssm_unreachable' | 'ssm_refused' | 'ssm_empty'

/** Parameter Store gave no settings; the message says what was found and what to do. */
export class ParametersRefused extends Error {
  readonly code: ParametersProblem
  constructor(code: ParametersProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ParametersRefused'
    this.code = code
  }

  /** Whether waiting may help: a permission does not come by itself. */
  get passes(): boolean {
    return this.code === 'ssm_throttled' || this.code === 'ssm_unreachable'
  }
}

const timeoutMs = 10_000
/** Ten parameters each, the most that AWS gives: far more than there are settings. */
const mostPages = 50

/** All parameters right under the path, SecureStrings decrypted. Throws ParametersRefused. */
export async function readParameters(folder: ParameterFolder): Promise<Parameters> {
  const { path, endpoint, credentials } = folder
  // Loaded where it is used: whoever has no such path starts without it.
  const { GetParametersByPathCommand, SSMClient } = await import('@aws-sdk/client-ssm')
  const client = new SSMClient({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  })
  const found = new Map<string, { value: string; secure: boolean }>()
  try {
    let from: string | undefined
    for (let page = 0; page < mostPages; page++) {
      const command = new GetParametersByPathCommand({ Path: path, WithDecryption: true, NextToken: from })
      const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) })
      for (const { Name = '', Value = '', Type } of answer.Parameters ?? [])
        found.set(Name.slice(path.length + 1), { value: Value, secure: Type === 'SecureString' })
      from = answer.NextToken
      if (from === undefined || from === '') return settled(found, path)
    }
    throw new ParametersRefused(
      'ssm_refused',
      `Under ${path} (PF_SSM_PATH) are more than ${mostPages * 10} parameters; expected one for each setting at most. Give the settings a path of their own.`,
    )
  } catch (error) {
    throw error instanceof ParametersRefused ? error : refusalOf(error, path)
  } finally {
    client.destroy()
  }
}

/** AWS answers a path that nobody has with nothing: most likely it is misspelt, or of another region. */
function settled(found: Parameters, path: string): Parameters {
  if (found.size > 0) return found
  throw new ParametersRefused(
    'ssm_empty',
    `There is no parameter right under ${path} (PF_SSM_PATH) in this account and region. Expected settings by their names, ${path}/LOG_LEVEL say. Put them there, correct the path, or take PF_SSM_PATH away.`,
  )
}

const forbidden = new Set(['AccessDeniedException', 'UnrecognizedClientException', 'ExpiredTokenException'])
const throttled = new Set(['ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded'])

/** Of AWS' answers only the name: words of another system may quote anything. */
function refusalOf(error: unknown, path: string): ParametersRefused {
  const why = error instanceof Error ? error.name : 'unknown'
  const what = `The settings under ${path} (PF_SSM_PATH) could not be read (${why}).`
  const refused = (code: ParametersProblem, advice: string) =>
    new ParametersRefused(code, `${what} ${advice}`, { cause: error })
  if (forbidden.has(why))
    return refused(
      'ssm_forbidden',
      'Allow this identity ssm:GetParametersByPath on the path, and kms:Decrypt on the key of its SecureStrings (deploy/aws).',
    )
  if (throttled.has(why))
    return refused('ssm_throttled', 'AWS answers too many requests: it is tried again; raise PF_SSM_REFRESH_SECONDS.')
  if (isOfTheNetwork(error)) return refused('ssm_unreachable', 'It is tried again. Check network, region and endpoint.')
  return refused('ssm_refused', 'Check AWS_REGION, the credentials, and that the key of its SecureStrings is enabled.')
}

/** A server's fault, or no answer at all. Answers of AWS say whose fault it is; who we are and where to ask is ours to say. */
function isOfTheNetwork(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('$fault' in error) return error.$fault === 'server'
  return error.name !== 'CredentialsProviderError' && !error.message.includes('Region is missing')
}
