import { setTimeout as wait } from 'node:timers/promises'

/** Resolves with the condition's first truthy answer; an error or a false answer is asked again until the deadline. */
export async function eventually<T>(condition: () => T | Promise<T>, deadlineMs = 30_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + deadlineMs
  let last: unknown = 'it was never true'
  do {
    try {
      const answer = await condition()
      if (answer) return answer
    } catch (error) {
      last = error
      if (error instanceof Error && error.message.startsWith('npm start ended')) throw error
    }
    await wait(50)
  } while (performance.now() < deadline)
  throw new Error(`Waited ${deadlineMs} ms: ${last instanceof Error ? last.message : String(last)}`, { cause: last })
}
