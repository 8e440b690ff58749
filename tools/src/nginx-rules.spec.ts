import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nginxRules } from '@pf/gateway/nginx'
import { root } from './sources.ts'

describe("the rules of nginx's answers", () => {
  it.each(nginxRules())('$path is what the gateway says', ({ path, text }) => {
    if (readFileSync(path, 'utf8') !== text)
      throw new Error(`${path} is of other rules than the gateway's. Run \`npm run nginx:rules\`.`)
  })
})

describe('an address of the API', () => {
  it('goes to the gateway, however it ends: nginx asks no pattern for files before', () => {
    const template = readFileSync(join(root, 'deploy/containers/nginx/web.conf.template'), 'utf8')
    const proxied = [...template.matchAll(/^ {2}location ([^{]+) \{\n {4}proxy_pass /gm)].map(([, where]) => where)
    expect(proxied).toEqual(['^~ /api/'])
  })
})
