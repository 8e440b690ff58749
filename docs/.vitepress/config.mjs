import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const docs = fileURLToPath(new URL('..', import.meta.url))

/** Title and address of each page of a folder, in the order of their names, or in the one given. */
function pages(folder, names) {
  const found = readdirSync(`${docs}${folder}`).filter((name) => name.endsWith('.md') && name !== 'README.md')
  return (names ?? found.map((name) => name.slice(0, -'.md'.length))).map((name) => ({
    text: /^# (.+)$/m.exec(readFileSync(`${docs}${folder}${name}.md`, 'utf8'))?.[1] ?? name,
    link: `/${folder}${name}`,
  }))
}

/** What machines read: served as it is, beside the pages that link to it. */
const documents = ['openapi.json', 'asyncapi.json', 'schema.graphql', 'api/personal-finances.postman_collection.json']

/** Links that lead out of docs/ are the repository's: on the site their words stay, without a link to nowhere. */
function withoutLinksOutside(md) {
  md.core.ruler.push('links-outside', ({ tokens, env }) => {
    const outside = (href) => posix.join(posix.dirname(env.relativePath), href).startsWith('../')
    for (const { children } of tokens) {
      const open = children?.find((token) => token.type === 'link_open') && children
      if (!open) continue
      let dropping = false
      open.splice(
        0,
        open.length,
        ...open.filter((token) => {
          if (token.type === 'link_open')
            dropping = !/^\w+:/.test(token.attrGet('href')) && outside(token.attrGet('href'))
          return !(dropping && (token.type === 'link_open' || token.type === 'link_close'))
        }),
      )
    }
  })
}

/** The files stand in docs/ as they are read on any forge; here they only get a frame, a search and light and dark. */
export default defineConfig({
  title: 'Personal Finances',
  description: 'Self-hosted: numbers you can prove, mistakes you can always take back.',
  rewrites: { 'README.md': 'index.md', ':folder/README.md': ':folder/index.md' },
  cacheDir: '.vitepress/.cache',
  cleanUrls: true,
  markdown: { config: withoutLinksOutside },
  ignoreDeadLinks: [/^https?:\/\/localhost/, (url) => documents.some((name) => name.endsWith(posix.basename(url)))],
  buildEnd: ({ outDir }) => {
    for (const name of documents) copyFileSync(join(docs, name), join(outDir, name))
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      { text: 'Start', items: pages('', ['start', 'kubernetes']) },
      { text: 'Use', items: pages('use/', ['first-hour', 'phone', 'banks', 'money', 'yours']) },
      {
        text: 'Understand',
        items: [
          ...pages('', ['architecture', 'proof', 'glossary']),
          { text: 'Decisions', link: '/adr/', collapsed: true, items: pages('adr/') },
        ],
      },
      { text: 'Operate', items: pages('', ['operations', 'metrics', 'security', 'privacy', 'performance']) },
      { text: 'Develop', items: pages('', ['develop']) },
      {
        text: 'Look up',
        items: [...pages('', ['lake']), { text: 'The API', link: '/api/', collapsed: true, items: pages('api/') }],
      },
    ],
  },
})
