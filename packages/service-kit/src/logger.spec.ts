import { createLogger, setLogLevel } from './logger.ts'

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = []
  write(createLogger({ name: 'spec' }, { write: (line) => void lines.push(line) }))
  return lines.join('')
}

describe('a log line', () => {
  it('is one JSON document with level, name, time and message', () => {
    const line = JSON.parse(logged((logger) => logger.info({ runId: 'r1' }, 'fetched')))
    expect(line).toMatchObject({ level: 'info', name: 'spec', msg: 'fetched', runId: 'r1' })
    expect(Date.parse(line.time)).not.toBeNaN()
  })

  it('shows of an error its name, code and message, and of what caused it', () => {
    const cause = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED', row: { iban: 'GB33BUKB' } })
    const error = Object.assign(new Error('cannot fetch', { cause }), {
      code: 'provider_unavailable',
      payload: 'GB33BUKB',
    })
    const text = logged((logger) => logger.error({ err: error }, 'failed'))
    expect(JSON.parse(text).err).toEqual({
      name: 'Error',
      code: 'provider_unavailable',
      message: 'cannot fetch',
      cause: { name: 'Error', code: 'ECONNREFUSED', message: 'connect refused' },
    })
    expect(text).not.toContain('GB33BUKB')
    expect(text).not.toContain('.ts')
  })

  it('drops the values and rows that PostgreSQL repeats', () => {
    const messages = [
      'null value in "x"\nDETAIL: Failing row contains (GB33BUKB).',
      'invalid input for type uuid: "GB33BUKB"',
    ]
    for (const message of messages) {
      const error = Object.assign(new Error(message), { code: '22P02' })
      expect(logged((logger) => logger.error(error))).not.toContain('GB33BUKB')
      expect(logged((logger) => logger.error({ err: error }, 'failed'))).not.toContain('GB33BUKB')
    }
  })

  it('hides secrets and personal data by their names', () => {
    const text = logged((logger) =>
      logger.info(
        { password: 'hunter2', request: { authorization: 'Bearer x.y', iban: 'GB33BUKB', token: 'x.y' } },
        'in',
      ),
    )
    for (const secret of ['hunter2', 'x.y', 'GB33BUKB']) expect(text).not.toContain(secret)
  })

  it('changes its level together with all that were made of it', () => {
    const text = logged((logger) => {
      const child = logger.child({ part: 'bus' }).child({ part: 'wire' })
      child.debug('too early')
      setLogLevel(logger, 'debug')
      child.debug('now')
      setLogLevel(logger, 'error')
      child.warn('too late')
      logger.warn('too late')
    })
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).msg),
    ).toEqual(['now'])
  })
})
