import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = 'secrets.json'
const DEMO = 'sandbox'

/**
 * Who may have a token. The demo pair `sandbox`/`sandbox` always; any other as long as the data folder holds no
 * `secrets.json` (`{"secret_id": "…", "secret_key": "…"}`), else only the pair it names. Read at each call.
 * @throws where the file is there and is something else.
 */
export function knowsSecrets(dir: string, secretId: string, secretKey: string): boolean {
  if (secretId === DEMO && secretKey === DEMO) return true
  const path = join(dir, FILE)
  if (!existsSync(path)) return true
  const named: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (typeof named !== 'object' || named === null || !('secret_id' in named) || !('secret_key' in named)) {
    throw new Error(`${FILE}: found another shape, expected {"secret_id": text, "secret_key": text}`)
  }
  return named.secret_id === secretId && named.secret_key === secretKey
}
