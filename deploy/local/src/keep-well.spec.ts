import { keepWell } from './keep-well.ts'

/** What it says of itself, question by question; then it is over. */
async function lookAfter(answers: (string | undefined)[]): Promise<{ restarts: number[]; told: string[] }> {
  const over = new AbortController()
  const restarts: number[] = []
  const told: string[] = []
  let asked = 0
  const patient = {
    async ill() {
      if (asked === answers.length - 1) over.abort()
      return answers[asked++]
    },
    async restart() {
      restarts.push(asked)
    },
  }
  await keepWell(patient, (why) => told.push(why), over.signal, { everyMs: 1, longestMs: 4 })
  return { restarts, told }
}

describe('a child that lives and does not work', () => {
  it('is left alone while it is well, and where it is ill once', async () => {
    expect(await lookAfter([undefined, 'disk full', undefined, undefined])).toEqual({ restarts: [], told: [] })
  })

  it('is started anew where it is ill twice in a row, and the reason is told', async () => {
    const answers = [undefined, 'disk full', 'disk full', undefined, undefined]
    expect(await lookAfter(answers)).toEqual({ restarts: [3], told: ['disk full'] })
  })

  it('is started anew again and again while it stays ill', async () => {
    const answers = ['full', 'full', 'full', 'full', 'full', 'full', undefined]
    expect((await lookAfter(answers)).restarts).toEqual([2, 4, 6])
  })
})
