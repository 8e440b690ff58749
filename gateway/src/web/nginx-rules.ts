import { fileURLToPath } from 'node:url'
import { pagePolicy, securityHeaders, silentFrameHeaders } from '../http/security-headers.ts'
import { askedAnew, hashedName, keptForGood, silentPage } from './site-files.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../../deploy/containers/nginx/${name}`, import.meta.url))
const origin = '# Made by `npm run nginx:rules` from gateway/src: the rules stand there alone.'

/** What nginx' entrypoint fills in from its environment. */
const said = (name: string) => `\${${name}}`

/** One `map` of nginx: the variable is what stands beside the first key that fits, by `default` where none does. */
const map = (source: string, variable: string, values: Record<string, string>): string[] => [
  `map ${source} $${variable} {`,
  ...Object.entries(values).map(([key, value]) => `  ${key === 'default' ? key : `"${key}"`} "${value}";`),
  '}',
]

/** Policies that differ with who signs people in, and which names are kept: filled in from nginx' own environment. */
function rules(): string {
  const keycloak = '$keycloak_origin'
  // A request's id is 16 random bytes in hex: a nonce that nginx can say twice.
  const nonce = '$request_id'
  const frames = securityHeaders(true)['x-frame-options'] ?? ''
  return [
    origin,
    ...map(`"${said('KEYCLOAK_URL')}"`, 'keycloak_origin', { default: '', '~^(?<named>https?://[^/]+)': '$named' }),
    ...map(`"${said('AUTH_MODE')}"`, 'page_policy', {
      default: pagePolicy({ nonce }),
      keycloak: pagePolicy({ nonce, keycloak }),
    }),
    ...map(`"${said('AUTH_MODE')}$uri"`, 'file_policy', {
      default: pagePolicy({}),
      [`keycloak${silentPage}`]: silentFrameHeaders['content-security-policy'],
      '~^keycloak/': pagePolicy({ keycloak }),
    }),
    ...map(`"${said('AUTH_MODE')}$uri"`, 'frame_options', {
      default: frames,
      [`keycloak${silentPage}`]: silentFrameHeaders['x-frame-options'],
    }),
    ...map('$uri', 'cache', { default: askedAnew, [`~${hashedName.source}`]: keptForGood }),
    '',
  ].join('\n')
}

/** One line of nginx each. Strict transport is a variable there: one image serves an address with https and one without. */
function headers(policy: string): string {
  const said = {
    ...securityHeaders(true),
    'x-frame-options': '$frame_options',
    'content-security-policy': policy,
    'strict-transport-security': '$strict_transport',
  }
  return [origin, ...Object.entries(said).map(([name, value]) => `add_header ${name} "${value}" always;`), ''].join(
    '\n',
  )
}

/** What nginx (deploy/containers) says with the dashboard's files, so that both ways to serve them have the same rules. */
export const nginxRules = (): { path: string; text: string }[] => [
  { path: folder('rules.conf.template'), text: rules() },
  { path: folder('headers.conf'), text: headers('$file_policy') },
  { path: folder('page.conf'), text: headers('$page_policy') },
]
