/** What `process.env` is: the only way in is `readEnvironment`. */
export type Environment = Readonly<Record<string, string | undefined>>

type Parsed<T> = { value: T } | { expected: string }

/** One setting: its name in the environment, how its text is read, and what it is when nothing is said. */
export type Setting<T> = {
  readonly env: string
  readonly about: string
  /** What to show in `.env.example`; the default in words where it follows from others. */
  readonly example: string
  readonly secret: boolean
  readonly parse: (text: string) => Parsed<T>
  /** Missing is a problem where there is none. */
  readonly fallback: { readonly value: (others: Readonly<Record<string, unknown>>) => T } | undefined
}

type Options<T> = {
  about: string
  /** A value, or a function of the settings declared before it. */
  default?: T | ((others: Readonly<Record<string, unknown>>) => T)
  example?: string
  secret?: boolean
}

function setting<T>(env: string, options: Options<T>, parse: (text: string) => Parsed<T>): Setting<T> {
  const given = options.default
  const value =
    typeof given === 'function' ? (given as (others: Readonly<Record<string, unknown>>) => T) : () => given as T
  return {
    env,
    about: options.about,
    example: options.example ?? (given === undefined || typeof given === 'function' ? '' : String(given)),
    secret: options.secret ?? false,
    parse,
    fallback: 'default' in options ? { value } : undefined,
  }
}

/** Any text, or one that `fits`, which `expected` describes. */
export const text = (
  env: string,
  { fits, expected = '', ...options }: Options<string> & { fits?: (said: string) => boolean; expected?: string },
): Setting<string> =>
  setting<string>(env, options, (said) => (fits === undefined || fits(said) ? { value: said } : { expected }))

/** A setting that may be left out: `undefined` then. */
export const optional = <T>(inner: Setting<T>): Setting<T | undefined> => ({
  ...inner,
  fallback: { value: () => undefined },
})

export const integer = (
  env: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER, ...options }: Options<number> & { min?: number; max?: number },
): Setting<number> =>
  setting<number>(env, options, (said) => {
    const value = Number(said)
    const fits = /^-?\d+$/.test(said) && value >= min && value <= max
    return fits ? { value } : { expected: `a whole number from ${min} to ${max}` }
  })

export const port = (env: string, options: Options<number>): Setting<number> =>
  integer(env, { ...options, min: 1, max: 65_535 })

/** An absolute URL with one of these schemes; a trailing slash is dropped. */
export const url = (env: string, { schemes, ...options }: Options<string> & { schemes: string[] }): Setting<string> =>
  setting<string>(env, options, (said) => {
    const fits = URL.canParse(said) && schemes.includes(new URL(said).protocol.slice(0, -1))
    return fits
      ? { value: said.replace(/\/+$/, '') }
      : { expected: `a URL such as ${schemes.map((scheme) => `${scheme}://…`).join(' or ')}` }
  })

export const choice = <const C extends string>(
  env: string,
  { of, ...options }: Options<C> & { of: readonly C[] },
): Setting<C> =>
  setting<C>(env, options, (said) => {
    const value = of.find((one) => one === said)
    return value === undefined ? { expected: `one of ${of.join(', ')}` } : { value }
  })

/** Texts with commas between them; none where it is empty. `fits` says whether one is as `expected`. */
export const list = (
  env: string,
  { fits, expected, ...options }: Options<readonly string[]> & { fits: (one: string) => boolean; expected: string },
): Setting<readonly string[]> =>
  setting<readonly string[]>(env, options, (said) => {
    const value = said
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
    return value.every(fits) ? { value } : { expected }
  })

export type Shape = Readonly<Record<string, Setting<unknown>>>
export type ConfigOf<S extends Shape> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

/** Settings are missing or malformed; `problems` has one line each. Secret values are never repeated. */
export class ConfigRefused extends Error {
  readonly code = 'config_refused'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'ConfigRefused'
    this.problems = problems
  }
}

/**
 * A typed reader of the environment. All problems arrive in one ConfigRefused: name, what was found, what was expected.
 * `check` adds rules over several settings.
 */
export function defineConfig<const S extends Shape>(
  shape: S,
  check: (config: ConfigOf<S>) => readonly string[] = () => [],
): (environment: Environment) => ConfigOf<S> {
  return (environment) => {
    const problems: string[] = []
    const values: Record<string, unknown> = {}
    for (const [name, one] of Object.entries(shape)) {
      const read = readOne(one, environment, values)
      if ('problem' in read) problems.push(read.problem)
      else values[name] = read.value
    }
    // Every setting of the shape is in `values` where there is no problem.
    const config = values as ConfigOf<S>
    if (problems.length === 0) problems.push(...check(config))
    if (problems.length > 0) throw new ConfigRefused(problems)
    return Object.freeze(config)
  }
}

function readOne(
  one: Setting<unknown>,
  environment: Environment,
  others: Readonly<Record<string, unknown>>,
): { value: unknown } | { problem: string } {
  const said = environment[one.env]?.trim()
  if (said === undefined || said === '') {
    if (one.fallback !== undefined) return { value: one.fallback.value(others) }
    return { problem: `${one.env} is missing: ${one.about}` }
  }
  const parsed = one.parse(said)
  if ('value' in parsed) return parsed
  const found = one.secret ? 'a value (not shown)' : `"${said.slice(0, 80)}"`
  return { problem: `${one.env} is ${found}; expected ${parsed.expected}` }
}
