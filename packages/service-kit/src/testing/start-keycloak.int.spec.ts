import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const script = join(import.meta.dirname, '../../../../deploy/keycloak/start.sh')

describe("Keycloak's start script", () => {
  const all = {
    PF_KEYCLOAK_GATEWAY_SECRET: 'one',
    PF_KEYCLOAK_ADMIN_SECRET: 'two',
    PF_KEYCLOAK_WEB_URL: 'http://localhost:3000',
    PF_KEYCLOAK_API_URL: 'http://localhost:8000',
  }
  const start = (env: Record<string, string>) =>
    spawnSync(script, [], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', KEYCLOAK_HOME: '/nonexistent/keycloak', ...env },
    })

  it.each(Object.keys(all))('refuses to start without %s, which Keycloak would take literally', (name) => {
    for (const value of ['', `\${${name}}`]) {
      const { status, stderr } = start({ ...all, [name]: value })
      expect([status, stderr]).toEqual([64, expect.stringContaining(`found no value in ${name}, expected all four`)])
    }
  })
})
