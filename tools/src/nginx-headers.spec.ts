import { readFileSync } from 'node:fs'
import { nginxHeaders } from '@pf/gateway/nginx'

describe("the headers of nginx's answers", () => {
  it.each(nginxHeaders())('$path is what the gateway says', ({ path, text }) => {
    if (readFileSync(path, 'utf8') !== text)
      throw new Error(`${path} is of other security headers. Run \`npm run nginx:headers\`.`)
  })
})
