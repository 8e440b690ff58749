/** Four 32-bit words out of a text (cyrb128, public domain): the seed of everything that looks random. */
export type Words = readonly [number, number, number, number]

export function hashWords(text: string): Words {
  let a = 1_779_033_703
  let b = 3_144_134_277
  let c = 1_013_904_242
  let d = 2_773_480_762
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i)
    a = b ^ Math.imul(a ^ k, 597_399_067)
    b = c ^ Math.imul(b ^ k, 2_869_860_233)
    c = d ^ Math.imul(c ^ k, 951_274_213)
    d = a ^ Math.imul(d ^ k, 2_716_044_179)
  }
  return [mix(a ^ b), mix(b ^ c), mix(c ^ d), mix(d ^ a)]
}

/** 00 … ff; a table, as Number's own toString costs most of a row. */
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** 32 hexadecimal digits for the n-th thing under these words. */
export function hexOf(words: Words, n: number): string {
  let out = ''
  let carry = n
  for (const word of words) {
    carry = mix(word ^ mix(carry + 0x9e3779b9))
    out += PAIRS[carry >>> 24]! + PAIRS[(carry >>> 16) & 255]! + PAIRS[(carry >>> 8) & 255]! + PAIRS[carry & 255]!
  }
  return out
}

/** A version-4-shaped UUID out of a text; equal texts give equal ids. */
export function uuidOf(text: string): string {
  const hex = hexOf(hashWords(text), text.length)
  const variant = '89ab'[Number.parseInt(hex[16] as string, 16) & 3]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

export type Rng = {
  /** In [0, 1). */
  next(): number
  /** An integer in [min, max]. */
  int(min: number, max: number): number
  pick<T>(list: readonly T[]): T
  chance(probability: number): boolean
}

/** sfc32 seeded by a text: small, fast, the same on every machine. */
export function rngOf(seed: string): Rng {
  let [a, b, c, d] = hashWords(seed) as [number, number, number, number]
  const next = () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return (t >>> 0) / 4_294_967_296
  }
  for (let i = 0; i < 12; i++) next()
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (list) => {
      const picked = list[Math.floor(next() * list.length)]
      if (picked === undefined) throw new Error('pick: found an empty list, expected at least one entry')
      return picked
    },
    chance: (probability) => next() < probability,
  }
}

/** The finaliser of MurmurHash3: every input bit moves every output bit. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
