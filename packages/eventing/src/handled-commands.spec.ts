import { fingerprintOf } from './fingerprint.ts'
import { handledCommands } from './handled-commands.ts'

describe('the commands of an aggregate', () => {
  it('are found however many there are, in twelve bytes each, within what growing costs', () => {
    const commands = handledCommands()
    for (let i = 1; i <= 20_000; i++) commands.add(`command-${i}`, i * 7)
    expect(commands.size).toBe(20_000)
    expect(commands.candidates('command-1')).toContain(7)
    expect(commands.candidates('command-20000')).toContain(140_000)
    expect(commands.weight).toBeLessThanOrEqual(20_000 * 12 * 1.5)
  })

  it('are not taken for others', () => {
    const commands = handledCommands()
    commands.add('command-1', 1)
    expect(commands.candidates('command-2')).toEqual([])
    expect(handledCommands().candidates('command-1')).toEqual([])
  })

  it('are both candidates where two have one fingerprint', () => {
    expect(fingerprintOf('c-23592')).toBe(fingerprintOf('start:25bnx'))
    const commands = handledCommands()
    commands.add('c-23592', 1)
    commands.add('start:25bnx', 2 ** 40)
    expect(commands.candidates('start:25bnx')).toEqual([1, 2 ** 40])
  })

  it('are the same after they were printed, and grow from there', () => {
    const commands = handledCommands()
    for (const [n, id] of ['a', 'b', 'c-23592'].entries()) commands.add(id, n + 1)
    const again = handledCommands(commands.print())
    again.add('start:25bnx', 2 ** 40)
    expect(['a', 'b', 'start:25bnx'].map((id) => again.candidates(id))).toEqual([[1], [2], [3, 2 ** 40]])
    expect(() => handledCommands('AAAA')).toThrow(/it has 3 bytes/)
  })
})
