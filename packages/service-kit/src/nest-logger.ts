import type { LoggerService } from '@nestjs/common'
import type { Logger } from './logger.ts'

/** Nest's own lines among ours; its start-up chatter is for those who debug. */
export function nestLogger(logger: Logger): LoggerService {
  const child = logger.child({ part: 'nest' })
  const line = (message: unknown) => (message instanceof Error ? { err: message } : {})
  const words = (message: unknown) => (message instanceof Error ? message.name : String(message))
  return {
    log: (message) => child.debug(line(message), words(message)),
    debug: (message) => child.debug(line(message), words(message)),
    verbose: (message) => child.trace(line(message), words(message)),
    warn: (message) => child.warn(line(message), words(message)),
    error: (message) => child.error(line(message), words(message)),
    fatal: (message) => child.fatal(line(message), words(message)),
  }
}
