/** `npm run dashboards`: writes Grafana's dashboards (deploy/observability) anew. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { dashboards } from '../src/dashboards.ts'

for (const { path, text } of dashboards()) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  process.stdout.write(`${path}\n`)
}
