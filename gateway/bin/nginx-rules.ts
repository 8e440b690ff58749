/** `npm run nginx:rules`: writes the rules of nginx's answers anew from those of the gateway. */
import { writeFileSync } from 'node:fs'
import { nginxRules } from '../src/web/nginx-rules.ts'

for (const { path, text } of nginxRules()) {
  writeFileSync(path, text)
  process.stdout.write(`${path}\n`)
}
