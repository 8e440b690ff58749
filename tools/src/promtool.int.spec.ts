import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './sources.ts'

const promtool = process.env['PF_PROMTOOL']
const folder = join(root, 'deploy', 'observability')
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(promtool ?? '', args, { cwd: folder, encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}` }
}

if (promtool === undefined) {
  it("needs Prometheus' promtool: whether the alarms sound where they shall", () => {
    if (process.env['CI'] === 'true') throw new Error('found no promtool, expected the one of npm test')
  })
} else {
  describe("Prometheus' own word", () => {
    it('takes the alarms', () => {
      expect(run('check', 'rules', 'alerts.yml')).toEqual({ status: 0, said: expect.stringContaining('rules found') })
    })

    it('says each where it shall be said, and not before', () => {
      expect(run('test', 'rules', 'alerts.test.yml')).toEqual({ status: 0, said: expect.stringContaining('SUCCESS') })
    }, 120_000)
  })
}
