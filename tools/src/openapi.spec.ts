import { readFileSync } from 'node:fs'
import { kept } from '@pf/gateway/openapi'

describe('what docs/ keeps of the public surface', () => {
  it.each(kept())('$path is what contracts/ says', ({ path, text }) => {
    if (readFileSync(path, 'utf8') !== text)
      throw new Error(`${path} is of another contracts/. Run \`npm run openapi\`.`)
  })
})
