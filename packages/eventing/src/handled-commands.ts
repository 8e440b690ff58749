import { fingerprintOf } from './fingerprint.ts'

/**
 * Where the messages of an aggregate's commands stand, for all of its life: a command is recognised however long ago it was
 * handled. An aggregate may see a hundred thousand of them, so a command takes twelve bytes here: a fingerprint of its id
 * and its sequence. Whether a message found so is the command's own is for the message to say.
 */
export type HandledCommands = {
  readonly size: number
  /** Bytes in memory. */
  readonly weight: number
  add(commandId: string, seq: number): void
  /** Sequences that may hold the command's message: mostly none, or one. */
  candidates(commandId: string): number[]
  /** For `handledCommands`. */
  print(): string
}

const bytesEach = Uint32Array.BYTES_PER_ELEMENT + Float64Array.BYTES_PER_ELEMENT
const firstCapacity = 8

/** Those that `print` told of, or none. Throws where it is no such print. */
export function handledCommands(print = ''): HandledCommands {
  let { fingerprints, seqs, size } = parse(print)

  const makeRoom = () => {
    if (size < fingerprints.length) return
    const capacity = Math.max(firstCapacity, Math.ceil(size * 1.5))
    const [wider, widerSeqs] = [new Uint32Array(capacity), new Float64Array(capacity)]
    wider.set(fingerprints)
    widerSeqs.set(seqs)
    fingerprints = wider
    seqs = widerSeqs
  }

  return {
    get size() {
      return size
    },
    get weight() {
      return fingerprints.length * bytesEach
    },
    add(commandId, seq) {
      makeRoom()
      fingerprints[size] = fingerprintOf(commandId)
      seqs[size] = seq
      size++
    },
    candidates(commandId) {
      const wanted = fingerprintOf(commandId)
      const known = fingerprints.subarray(0, size)
      const found: number[] = []
      for (let at = known.indexOf(wanted); at >= 0; at = known.indexOf(wanted, at + 1)) found.push(seqs[at]!)
      return found
    },
    print() {
      const bytes = Buffer.alloc(size * bytesEach)
      for (let i = 0; i < size; i++) {
        bytes.writeUInt32LE(fingerprints[i]!, i * bytesEach)
        bytes.writeDoubleLE(seqs[i]!, i * bytesEach + 4)
      }
      return bytes.toString('base64')
    },
  }
}

function parse(print: string) {
  const bytes = Buffer.from(print, 'base64')
  if (bytes.length % bytesEach !== 0) throw new Error(`No print of handled commands: it has ${bytes.length} bytes.`)
  const size = bytes.length / bytesEach
  const [fingerprints, seqs] = [new Uint32Array(size), new Float64Array(size)]
  for (let i = 0; i < size; i++) {
    fingerprints[i] = bytes.readUInt32LE(i * bytesEach)
    seqs[i] = bytes.readDoubleLE(i * bytesEach + 4)
  }
  return { fingerprints, seqs, size }
}
