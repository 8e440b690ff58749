import { readFileSync } from 'node:fs'
import { nginxRules } from '@pf/gateway/nginx'

describe("the rules of nginx's answers", () => {
  it.each(nginxRules())('$path is what the gateway says', ({ path, text }) => {
    if (readFileSync(path, 'utf8') !== text)
      throw new Error(`${path} is of other rules than the gateway's. Run \`npm run nginx:rules\`.`)
  })
})
