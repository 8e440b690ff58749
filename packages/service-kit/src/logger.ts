import { type Clock, systemClock } from '@pf/eventing'
import { type DestinationStream, type LogFn, type Logger, pino } from 'pino'

export type { Logger }

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Names under which secrets and what a bank or a person said could stand, at the top or one below. */
const forbidden = [
  'accessToken',
  'access_token',
  'account_number',
  'authorization',
  'body',
  'cookie',
  'counterparty',
  'data',
  'description',
  'email',
  'iban',
  'password',
  'payload',
  'refreshToken',
  'refresh_token',
  'secret',
  'secretKey',
  'secret_key',
  'token',
  'username',
]

/** By shape: errors of other realms (workers, test runners) are errors too. */
const isErrorLike = (thrown: unknown): thrown is Error =>
  typeof thrown === 'object' && thrown !== null && 'stack' in thrown && 'message' in thrown && 'name' in thrown

/** Code and message of an error and of what caused it; never its other fields, which may hold a row or a password. */
function errorFacts(error: unknown, depth = 0): object {
  if (!isErrorLike(error)) return { message: `a thrown ${typeof error}` }
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : undefined
  const cause = error.cause === undefined || depth === 3 ? undefined : errorFacts(error.cause, depth + 1)
  return { name: error.name, code, message: messageOf(error), cause }
}

/** PostgreSQL (told by its SQLSTATE) repeats offending values after a colon, in quotes, and whole rows in further lines. */
function messageOf(error: Error): string {
  const ofDatabase = 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)
  const [line = ''] = error.message.split(ofDatabase ? /\n|: "/ : '\n')
  return line.slice(0, 500)
}

/** A logger with all that were made of it: a child keeps the level that it was born with. */
const families = new WeakMap<Logger, Logger[]>()

/** Of a logger of `createLogger` and of its children. */
export function setLogLevel(logger: Logger, level: LogLevel): void {
  for (const one of families.get(logger) ?? [logger]) one.level = level
}

/** Children are made at the start of a service and live as long as it: none per request. JSON lines on standard output (`PF` services run under a supervisor that keeps them). */
export function createLogger(
  options: { name: string; level?: LogLevel; clock?: Clock },
  destination?: DestinationStream,
): Logger {
  const { clock = systemClock } = options
  const family: Logger[] = []
  const settings = {
    name: options.name,
    level: options.level ?? 'info',
    base: { name: options.name, pid: process.pid },
    timestamp: () => `,"time":"${clock.now().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => errorFacts(error), error: (error: unknown) => errorFacts(error) },
    hooks: {
      // An error alone would become the line's message word for word.
      logMethod(args: Parameters<LogFn>, method: LogFn) {
        const [first] = args as unknown[]
        if (isErrorLike(first)) method.call(this as unknown as Logger, { err: first }, first.name)
        else method.apply(this as unknown as Logger, args)
      },
    },
    onChild: (child: Logger) => void family.push(child),
    redact: { paths: forbidden.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  }
  const logger = destination === undefined ? pino(settings) : pino(settings, destination)
  family.push(logger)
  families.set(logger, family)
  return logger
}
