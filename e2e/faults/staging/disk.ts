import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether this machine lets us mount: as root, outside of a container that forbids it. */
export const canMount: boolean = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'pf-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
  if (mounted.status === 0) execFileSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return mounted.status === 0
})()

/** A small disk in memory, which can be full: ballast takes its room, and gives it back. */
export class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'pf-small-disk-'))

  constructor(bytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', this.folder])
  }

  takeRoom(bytes: number): void {
    writeFileSync(join(this.folder, 'ballast'), Buffer.alloc(bytes))
  }

  /** Until not one more block can be written. */
  fill(): void {
    const ballast = openSync(join(this.folder, 'ballast'), 'a')
    try {
      for (;;) writeSync(ballast, Buffer.alloc(64 * 1024))
    } catch (error) {
      if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOSPC')) throw error
    } finally {
      closeSync(ballast)
    }
  }

  giveRoomBack(): void {
    rmSync(join(this.folder, 'ballast'))
  }

  async end(): Promise<void> {
    unmount(this.folder)
  }
}

/**
 * A disk of its own, ext4 in a file behind a loop device. What was written and not yet forced out stands in the memory of
 * the file system and not in the file: a copy of the file is what a power cut leaves.
 */
export class LoopDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'pf-loop-disk-'))
  readonly #image = `${this.folder}.img`

  private constructor(prepare: (image: string) => void) {
    prepare(this.#image)
    execFileSync('mount', ['-o', 'loop', this.#image, this.folder])
  }

  static empty(bytes: number): LoopDisk {
    return new LoopDisk((image) => {
      writeFileSync(image, '')
      truncateSync(image, bytes)
      execFileSync('mkfs.ext4', ['-q', '-F', image])
    })
  }

  /** The disk as it is found when the power comes back. Whoever writes to this one is frozen meanwhile. */
  cutPower(): LoopDisk {
    return new LoopDisk((image) => copyFileSync(this.#image, image))
  }

  /** A folder on it. */
  at(name: string): string {
    const folder = join(this.folder, name)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  async end(): Promise<void> {
    unmount(this.folder)
    rmSync(this.#image)
  }
}

/** Lazily: whoever has a file open there was killed a moment ago. */
function unmount(folder: string): void {
  execFileSync('umount', ['-l', folder])
  rmSync(folder, { recursive: true })
}

/** Where nothing can be mounted the rules are not run; under CI that is a failure which says so. */
export function describeWhereMountable(what: string, rules: () => void): void {
  describe(what, () => {
    if (canMount) rules()
    else
      it('needs a machine where root may mount a disk', () => {
        if (process.env['CI'] === 'true')
          throw new Error('Nothing can be mounted here; run CI as root with CAP_SYS_ADMIN.')
      })
  })
}
