import { giveBack } from './give-back.ts'

const megabytes = (count: number) => count * 1024 * 1024

function growing() {
  const memory = { used: megabytes(100), freed: 0, gaveBack: 0 }
  const allocators = {
    async giveMemoryBack() {
      memory.freed = 0
      memory.gaveBack++
    },
  }
  return { memory, look: giveBack(allocators, { giveBackFromMb: 48 }, () => memory.used + memory.freed) }
}

describe('memory that was freed', () => {
  it('is given back once the process has grown by as much as is worth it', async () => {
    const { memory, look } = growing()
    await look()
    memory.freed = megabytes(47)
    await look()
    expect(memory.gaveBack).toBe(0)
    memory.freed = megabytes(48)
    await look()
    await look()
    expect(memory.gaveBack).toBe(1)
  })

  it('is measured from where the process was least', async () => {
    const { memory, look } = growing()
    await look()
    memory.used = megabytes(40)
    await look()
    memory.used = megabytes(88)
    await look()
    expect(memory.gaveBack).toBe(1)
  })

  it('is not asked for again where it is in use', async () => {
    const { memory, look } = growing()
    await look()
    memory.used = megabytes(300)
    for (let n = 0; n < 3; n++) await look()
    expect(memory.gaveBack).toBe(1)
  })
})
