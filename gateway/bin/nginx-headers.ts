/** `npm run nginx:headers`: writes the headers of nginx's answers anew from those of the gateway. */
import { writeFileSync } from 'node:fs'
import { nginxHeaders } from '../src/web/nginx-headers.ts'

for (const { path, text } of nginxHeaders()) {
  writeFileSync(path, text)
  process.stdout.write(`${path}\n`)
}
