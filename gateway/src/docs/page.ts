import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { prefixOf } from '../http/call.ts'
import { pagePolicy } from '../http/security-headers.ts'
import { openApiDocument } from '../openapi/document.ts'

/** React writes its parts' styles as attributes: the one page that allows them. */
const policy = pagePolicy({ styleAttributes: true })

/** What is tried on the page goes the way on which the page came: no other origin is called. */
const servers = {
  '': { url: '/', description: "This installation, the API's own port" },
  '/api': { url: '/api', description: "This installation, the web's origin" },
}
/** Made when it is first asked for: a tenth of a second that no start waits for. */
const documents = new Map<keyof typeof servers, object>()
function documentFor(request: FastifyRequest): object {
  const way = prefixOf(request) === '/api' ? '/api' : ''
  const document = documents.get(way) ?? openApiDocument([servers[way]])
  documents.set(way, document)
  return document
}

/**
 * `/openapi.json`, and `/docs`: Swagger UI over it with a log-in of its own. All of its files are served from here and none
 * of its scripts is inline, as the content security policy has it.
 */
export async function serveDocsPage(api: FastifyInstance): Promise<void> {
  api.get('/openapi.json', async (request) => documentFor(request))
  api.get('/docs', async (_request, reply) =>
    reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page),
  )
  api.get('/docs/start.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(start))
  api.get('/docs/start.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(style))
  await api.register(fastifyStatic, {
    root: dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')),
    prefix: '/docs/',
    wildcard: false,
    index: false,
    globIgnore: ['**/*.html', '**/*.map', '**/package.json'],
    decorateReply: false,
  })
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Personal Finances API</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/start.css">
</head>
<body>
<form id="log-in" aria-label="Log in">
<label>User name <input name="username" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<label hidden>Code <input name="code" autocomplete="one-time-code"></label>
<button>Log in</button>
<output>Log in to try what needs a token.</output>
</form>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`

/** The token stays in this page's memory; the refresh cookie renews it for as long as the page is open. */
const start = `const ui = SwaggerUIBundle({
  url: './openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
})
const form = document.getElementById('log-in')
const said = form.querySelector('output')
let pending

async function post(path, body) {
  const answer = await fetch('.' + path, {
    method: 'POST',
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const document = await answer.json()
  if (answer.ok) return document
  throw Object.assign(new Error(document.detail), document)
}

function use({ access_token, expires_in }, name) {
  ui.preauthorizeApiKey('session_token', access_token)
  said.textContent = 'Signed in' + (name ? ' as ' + name : '') + '. Open a call and choose "Try it out".'
  const renew = () => post('/auth/refresh').then((token) => use(token, name), failed)
  setTimeout(renew, (expires_in - 60) * 1000)
}

function failed(error) {
  if (error.code === 'mfa_required') {
    pending = error.mfa_token
    form.code.parentElement.hidden = false
    form.code.focus()
  }
  said.textContent = error.message
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { username, password, code } = Object.fromEntries(new FormData(form))
  const asked = pending
    ? post('/auth/login/mfa', { mfa_token: pending, code })
    : post('/auth/login', { username, password })
  asked.then((token) => {
    pending = undefined
    form.code.parentElement.hidden = true
    form.reset()
    use(token, username)
  }, failed)
})
`

const style = `#log-in { display: flex; flex-wrap: wrap; gap: 12px; align-items: end; max-width: 1420px; margin: 0 auto;
  padding: 16px 20px; font: 14px/1.4 sans-serif; color: #3b4151; }
#log-in label { display: grid; gap: 4px; }
#log-in label[hidden] { display: none; }
#log-in input { padding: 6px 8px; border: 1px solid #8a8f99; border-radius: 4px; font: inherit; }
#log-in button { padding: 7px 16px; border: 0; border-radius: 4px; background: #1b5e4b; color: #fff; font: inherit; cursor: pointer; }
#log-in output { flex-basis: 100%; }
`
