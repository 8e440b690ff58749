import { explanation } from '../../../testing/shapes.ts'
import { fileFormatOf, storyOf } from './story.ts'

describe('the story of a row', () => {
  it('goes from what the bank said first to what was decided last', () => {
    const [now] = explanation().observations
    const pending = { ...now!, id: 'o0', section: 'pending', fetched_at: '2026-11-17T07:11:00Z', current: false }
    const [minted] = explanation().decisions
    const story = storyOf({
      ...explanation(),
      observations: [now!, pending],
      decisions: [
        { ...minted!, kind: 'new', decided_at: '2026-11-17T07:11:00Z' },
        { ...minted!, kind: 'booked_from_pending', decided_at: '2026-11-19T07:12:00Z' },
      ],
    })
    expect(
      story.map((step) => (step.kind === 'told' ? `${step.observation.section} ${step.first}` : step.decision.kind)),
    ).toEqual(['pending true', 'new', 'booked false', 'booked_from_pending'])
  })
})

it('a file is told from a bank', () => {
  expect(fileFormatOf('file-ofx')).toBe('OFX')
  expect(fileFormatOf('gocardless')).toBeUndefined()
})
