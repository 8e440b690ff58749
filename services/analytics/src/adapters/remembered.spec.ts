import { ReadInterrupted } from './duckdb.ts'
import { createMemory } from './remembered.ts'

describe('what was computed of a content', () => {
  const at = (content: number) => async () => content
  let computed: string[]
  const compute = (answer: string) => async () => {
    computed.push(answer)
    return answer
  }
  beforeEach(() => {
    computed = []
  })

  it('is computed once, also for those who ask at the same time', async () => {
    const memory = createMemory(10)
    const answers = ['a', 'b', 'c'].map((answer) => memory(at(1))('totals', compute(answer)))
    expect(await Promise.all(answers)).toEqual(['a', 'a', 'a'])
    expect(await memory(at(1))('others', compute('d'))).toBe('d')
    expect(computed).toEqual(['a', 'd'])
  })
  it('is computed anew when the content has changed', async () => {
    const memory = createMemory(10)
    await memory(at(1))('totals', compute('old'))
    expect(await memory(at(2))('totals', compute('new'))).toBe('new')
  })
  it('is not mixed up by a reader of an older content', async () => {
    const memory = createMemory(10)
    await memory(at(2))('totals', compute('new'))
    expect(await memory(at(1))('totals', compute('old'))).toBe('old')
    expect(await memory(at(2))('totals', compute('never'))).toBe('new')
  })
  it('is computed by the next one where the first goes away in the middle', async () => {
    const memory = createMemory(10)
    const gone = memory(at(1))('totals', async (): Promise<string> => {
      throw new ReadInterrupted('gone')
    })
    const next = memory(at(1))('totals', compute('a'))
    await expect(gone).rejects.toMatchObject({ name: 'ReadInterrupted' })
    expect(await next).toBe('a')
  })
  it('keeps no error', async () => {
    const memory = createMemory(10)
    const failing = async (): Promise<string> => {
      throw new Error('interrupted')
    }
    await expect(memory(at(1))('totals', failing)).rejects.toThrow('interrupted')
    expect(await memory(at(1))('totals', compute('a'))).toBe('a')
  })
  it('keeps no more than it may, the latest', async () => {
    const memory = createMemory(2)
    for (const name of ['a', 'b', 'c']) await memory(at(1))(name, compute(name))
    for (const name of ['c', 'b', 'a']) await memory(at(1))(name, compute(`${name} again`))
    expect(computed).toEqual(['a', 'b', 'c', 'a again'])
  })
})
