/** Resolves as soon as `holds` returns; throws its last complaint after `timeoutMs`. For specs: a condition with a deadline. */
export async function eventually<T>(holds: () => T | Promise<T>, timeoutMs = 20_000): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    try {
      return await holds()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}
