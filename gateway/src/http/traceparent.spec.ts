import { traceparentOf } from './traceparent.ts'

const given = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

describe("a request's traceparent", () => {
  it('is the one that it came with', () => {
    expect(traceparentOf({ traceparent: given })).toBe(given)
  })

  it.each<[string, string | string[] | undefined]>([
    ['there is none', undefined],
    ['it came twice', [given, given]],
    ['it says more than ids', `${given}-Rowan`],
    ['it is of a version not known', given.replace('00', '01')],
    ['its trace is nothing', '00-00000000000000000000000000000000-00f067aa0ba902b7-01'],
    ['its parent is nothing', '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01'],
  ])('is a fresh one where %s', (_, traceparent) => {
    const [one, two] = [traceparentOf({ traceparent }), traceparentOf({ traceparent })]
    expect(one).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    expect(one).not.toBe(given)
    expect(two).not.toBe(one)
  })
})
