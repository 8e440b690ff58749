import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyCompress from '@fastify/compress'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { pagePolicy, securityHeaders, silentFrameHeaders } from '../http/security-headers.ts'
import { askedAnew, hashedName, keptForGood, silentPage } from './site-files.ts'

/** Stands in the page where the nonce of this answer goes (web-angular/src/index.html). */
const noncePlace = '%CSP_NONCE%'

export type SiteSettings = {
  /** PUBLIC_URL is https. */
  secure: boolean
  /** Where browsers reach Keycloak, where it signs people in. */
  keycloakUrl?: string | undefined
}

/** The dashboard's files, with the app's page for every address that is not a file. */
export async function openSite(root: string, { secure, keycloakUrl }: SiteSettings): Promise<FastifyInstance> {
  const keycloak = keycloakUrl === undefined ? undefined : new URL(keycloakUrl).origin
  const site = fastify({ logger: false })
  await site.register(fastifyCompress, { threshold: 1024 })
  const always = { ...securityHeaders(secure), 'content-security-policy': pagePolicy({ keycloak }) }
  site.addHook('onRequest', async (request, reply) => {
    reply.headers(always)
    if (keycloak !== undefined && request.url.split('?')[0] === silentPage) reply.headers(silentFrameHeaders)
  })
  const page = join(root, 'index.html')
  if (!existsSync(page)) {
    site.setNotFoundHandler((_request, reply) =>
      reply
        .status(503)
        .type('text/plain; charset=utf-8')
        .send('The dashboard is not built here. Run `npm run build`, then start again. The API answers under /api.\n'),
    )
    return site
  }
  await site.register(fastifyStatic, {
    root,
    index: false,
    cacheControl: false,
    // The build left a .br beside what is large: smaller than what could be made while somebody waits.
    preCompressed: true,
    setHeaders: (response, path) => {
      response.header('cache-control', hashedName.test(path) ? keptForGood : askedAnew)
    },
  })
  const sendPage = (reply: FastifyReply) => send(reply, page, keycloak)
  for (const path of ['/', '/index.html']) site.get(path, (_request, reply) => sendPage(reply))
  site.setNotFoundHandler((request, reply) => {
    const isFile = /\.[a-z0-9]+$/i.test(request.url.split('?')[0] ?? '')
    if (isFile) return reply.status(404).type('text/plain').send('There is no such file.\n')
    return sendPage(reply)
  })
  return site
}

/** Whole each time and without a tag: the nonce of its policy stands in it, and each answer has another. */
async function send(reply: FastifyReply, page: string, keycloak: string | undefined): Promise<FastifyReply> {
  const nonce = randomBytes(16).toString('base64')
  const html = (await readFile(page, 'utf8')).replaceAll(noncePlace, nonce)
  return reply
    .header('content-security-policy', pagePolicy({ nonce, keycloak }))
    .header('cache-control', askedAnew)
    .type('text/html; charset=utf-8')
    .send(html)
}
