import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const bin = (name: string) => fileURLToPath(new URL(`bin/${name}.ts`, import.meta.url))

/** In a process of its own: there clocks and chance can be taken from everybody, Jest included. */
function run(name: string, ...args: string[]): { status: number | null; told: string } {
  const flags = ['--conditions=@pf/source', '--disable-warning=ExperimentalWarning']
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, bin(name), ...args], { encoding: 'utf8' })
  return { status, told: stdout + stderr }
}

describe('the whole line in one process, on virtual time', () => {
  it('keeps its promises through fifteen seeds of crashes, losses and a difficult bank', () => {
    const { status, told } = run('simulate', '--seeds', '1..15', '--days', '12')
    expect(told).toMatch(/^15 seeds, 225 bank days, .* 0 failed\./)
    expect(status).toBe(0)
  }, 300_000)

  it('is decided by the seed alone: the same seed, the same digest', () => {
    const once = run('simulate', '--seeds', '5..6', '--days', '20', '--digests', '--processes', '1').told
    const again = run('simulate', '--seeds', '5..6', '--days', '20', '--digests', '--processes', '2').told
    const digests = (told: string) => told.match(/^\d+ [0-9a-f]{64}$/gm)
    expect(digests(once)).toHaveLength(2)
    expect(new Set(digests(once)).size).toBe(2)
    expect(digests(again)).toEqual(digests(once))
  }, 300_000)

  it('notices planted defects, a clock of its own among them', () => {
    const { status, told } = run('test-mutants', '--only', 'a clock of its own,version check off')
    expect(told).toContain('2 defects, 0 not caught')
    expect(status).toBe(0)
  }, 300_000)
})
