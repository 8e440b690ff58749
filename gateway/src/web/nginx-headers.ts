import { fileURLToPath } from 'node:url'
import { pagePolicy, securityHeaders } from '../http/security-headers.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../../deploy/containers/nginx/${name}`, import.meta.url))

/** One line of nginx each. Strict transport is a variable there: one image serves an address with https and one without. */
function lines(policy: string): string {
  const { 'strict-transport-security': _, ...headers } = securityHeaders(true)
  const said = { ...headers, 'content-security-policy': policy, 'strict-transport-security': '$strict_transport' }
  return [
    '# Made by `npm run nginx:headers` from gateway/src/http/security-headers.ts: the rules stand there alone.',
    ...Object.entries(said).map(([name, value]) => `add_header ${name} "${value}" always;`),
    '',
  ].join('\n')
}

/** What nginx (deploy/containers) says with the dashboard's files, so that both ways to serve them have the same rules. */
export const nginxHeaders = (): { path: string; text: string }[] => [
  { path: folder('headers.conf'), text: lines(pagePolicy({})) },
  // A request's id is 16 random bytes in hex: a nonce that nginx can say twice.
  { path: folder('page.conf'), text: lines(pagePolicy({ nonce: '$request_id' })) },
]
