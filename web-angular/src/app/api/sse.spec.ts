import { SseParser } from './sse.ts'

const all = (text: string, size: number) => {
  const parser = new SseParser()
  const events = []
  for (let at = 0; at < text.length; at += size) events.push(...parser.push(text.slice(at, at + size)))
  return events
}

describe('a stream of events', () => {
  const text =
    '\uFEFF: hello\nretry: 500\n\nid: 7\nevent: notice\ndata: {"topic":"marts"}\n\nid: 8\r\nevent: notice\r\ndata: a\r\ndata: b\r\n\r\ndata\n\n'

  it.each([1, 2, 3, 7, 1000])('reads the same in pieces of %d', (size) => {
    expect(all(text, size)).toEqual([
      { event: 'notice', data: '{"topic":"marts"}', id: '7' },
      { event: 'notice', data: 'a\nb', id: '8' },
      { event: 'message', data: '', id: '8' },
    ])
  })

  it('does not dispatch what is not ended', () => {
    expect(all('event: notice\ndata: half', 5)).toEqual([])
  })

  it('keeps the last id until another comes', () => {
    expect(all('id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n', 4).map((event) => event.id)).toEqual(['1', '1', ''])
  })

  it('reads a reset without data', () => {
    expect(all('event: reset\n\n', 3)).toEqual([{ event: 'reset', data: '', id: undefined }])
  })

  it('takes over the wish for the next attempt, if it is a number', () => {
    const parser = new SseParser()
    parser.push('retry: 2500\nretry: soon\n')
    expect(parser.retryMs).toBe(2500)
  })
})
