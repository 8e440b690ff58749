/** FNV-1a, 32 bits: spreads texts evenly and is no secret; whoever finds two of one fingerprint compares the texts. */
export function fingerprintOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
