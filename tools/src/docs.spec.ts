import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const pages = globSync(
  [
    '*.md',
    '{contracts,gateway,analytics,bench,tools,e2e,web-angular}/*.md',
    '{packages,services,deploy,docs,k8s}/**/*.md',
  ],
  {
    cwd: root,
    exclude: (name) => name.includes('node_modules') || name.endsWith('dist') || name.endsWith('.vitepress'),
  },
)

/** The files of this repository that a page links to, from its own place; code is no link. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '')
  return [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/i.test(target))
    .map((target) => relative(root, join(root, dirname(page), target)))
}

describe('the documentation', () => {
  it('links to nothing that is not there', () => {
    const broken = pages.flatMap((page) =>
      linksOf(page).flatMap((target) => (existsSync(join(root, target)) ? [] : [`${page} → ${target}`])),
    )
    expect(broken).toEqual([])
  })

  it('is reached, page by page, from docs/README.md', () => {
    const reached = new Set<string>()
    const follow = (page: string): void => {
      const file =
        existsSync(join(root, page)) && statSync(join(root, page)).isDirectory() ? join(page, 'README.md') : page
      if (reached.has(file) || !pages.includes(file)) return
      reached.add(file)
      for (const target of linksOf(file)) follow(target)
    }
    follow('docs/README.md')
    expect(pages.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([])
  })
})
