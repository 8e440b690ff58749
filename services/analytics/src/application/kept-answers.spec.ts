import { RawJson, Unchanged } from '@pf/service-kit'
import { KeptAnswers } from './kept-answers.ts'

const asked = { spaceId: 'a', operation: 'list', input: { q: 'tea' }, knownTags: [] as string[] }

function open(maxBytes = 1000) {
  const content = { of: new Map<string, number | undefined>(), computed: 0 }
  const contentOf = (id: string) => {
    const count = content.of.has(id) ? content.of.get(id) : 0
    return count === undefined ? undefined : `${id}${count}`
  }
  const answers = new KeptAnswers({ contentOf, maxBytes })
  const ask = async (over: Partial<typeof asked> = {}, size = 10) => {
    const answer = await answers.answer({ ...asked, ...over }, async () => `${++content.computed}`.padEnd(size, '.'))
    return answer instanceof RawJson ? new TextDecoder().decode(answer.bytes).slice(1, 2) : answer
  }
  return { answers, ask, content }
}

describe('an answer from the marts', () => {
  it('is computed once until they change', async () => {
    const { ask, content } = open()
    expect([await ask(), await ask()]).toEqual(['1', '1'])
    content.of.set('a', 1)
    expect([await ask(), await ask()]).toEqual(['2', '2'])
  })

  it('is another one to another question, and to another space', async () => {
    const { ask } = open()
    const questions = [{}, { input: { q: 'milk' } }, { operation: 'months' }, { spaceId: 'b' }]
    const answers = []
    for (const question of questions) answers.push(await ask(question))
    expect(answers).toEqual(['1', '2', '3', '4'])
  })

  it('is not sent, nor computed, where the caller has it', async () => {
    const { ask, content } = open()
    expect(await ask({ knownTags: ['b0', 'a0'] })).toEqual(new Unchanged('a0'))
    expect(content.computed).toBe(0)
    content.of.set('a', 1)
    expect(await ask({ knownTags: ['b0', 'a0'] })).toBe('1')
  })

  it('is never tagged as of a content that it does not hold', async () => {
    const { answers, content } = open()
    const answer = await answers.answer(asked, async () => {
      content.of.set('a', 1)
      return 'of the later content, or of the earlier: who knows'
    })
    expect(answer).toMatchObject({ tag: 'a0' })
    expect(await answers.answer({ ...asked, knownTags: ['a0'] }, async () => 'later')).toBeInstanceOf(RawJson)
  })

  it('is neither tagged nor kept while nobody knows the content', async () => {
    const { ask, answers, content } = open()
    content.of.set('a', undefined)
    const answer = await answers.answer({ ...asked, knownTags: ['a0', 'aundefined'] }, async () => 'tea')
    expect(answer).toMatchObject({ tag: undefined })
    expect([await ask(), await ask(), answers.bytes]).toEqual(['1', '2', 0])
  })

  it('is not kept where its space was erased while it was computed', async () => {
    const { answers, content } = open()
    await answers.answer(asked, async () => {
      answers.forget('a')
      content.of.set('a', undefined)
      return 'erased meanwhile'
    })
    expect(answers.bytes).toBe(0)
  })

  it('is kept while there is room, the least used leave, and a long one is not kept', async () => {
    const { ask, answers } = open(30)
    const of = (q: string) => ask({ input: { q } })
    await of('1')
    await of('2')
    await of('1')
    await of('3')
    expect(answers.bytes).toBe(24)
    expect(await of('1')).toBe('1')
    expect(await of('2')).toBe('4')
    const large = open(1_000_000)
    await large.ask({}, 300_000)
    expect(large.answers.bytes).toBe(0)
  })

  it('is gone from memory when its space is erased', async () => {
    const { ask, answers } = open()
    await ask()
    await ask({ spaceId: 'b' })
    answers.forget('a')
    expect(answers.bytes).toBe(12)
    expect(await ask()).toBe('3')
  })
})
