import { randomBytes, randomUUID } from 'node:crypto'
import type { KeyRing, SecretBox } from './ports.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (found: Uint8Array | undefined) => (found === undefined ? undefined : new TextDecoder().decode(found))
const flipped = (sealed: Uint8Array, at: number) => sealed.map((byte, index) => (index === at ? byte ^ 1 : byte))

/** Every implementation of the vault passes it. Runs under Jest, so a spec calls it. */
export function describeVault(name: string, open: () => Promise<{ keys: KeyRing; secrets: SecretBox }>): void {
  describe(`the vault (${name})`, () => {
    let keys: KeyRing
    let secrets: SecretBox
    let space: string
    beforeAll(async () => {
      ;({ keys, secrets } = await open())
    })
    beforeEach(async () => {
      space = randomUUID()
      await keys.createSpaceKey(space)
    })

    describe("a space's key", () => {
      it('opens what it sealed, in the place it was sealed for', async () => {
        const { keyId, bytes: sealed } = await keys.seal(space, bytes('a fact'), 'subject|1')
        expect(text(await keys.open(space, keyId, sealed, 'subject|1'))).toBe('a fact')
      })

      it('opens nothing in another place', async () => {
        const { keyId, bytes: sealed } = await keys.seal(space, bytes('a fact'), 'subject|1')
        await expect(keys.open(space, keyId, sealed, 'subject|2')).rejects.toMatchObject({ code: 'seal_broken' })
      })

      it('opens nothing that was altered or cut', async () => {
        const { keyId, bytes: sealed } = await keys.seal(space, bytes('a fact'), 'aad')
        for (const altered of [flipped(sealed, 0), flipped(sealed, 14), sealed.slice(0, -1), sealed.slice(0, 5)]) {
          await expect(keys.open(space, keyId, altered, 'aad')).rejects.toMatchObject({ code: 'seal_broken' })
        }
      })

      it('never seals the same bytes twice alike', async () => {
        const [one, other] = await Promise.all([keys.seal(space, bytes('x'), ''), keys.seal(space, bytes('x'), '')])
        expect(one.bytes).not.toEqual(other.bytes)
      })

      it('opens nothing of another space', async () => {
        const other = randomUUID()
        await keys.createSpaceKey(other)
        const { keyId, bytes: sealed } = await keys.seal(space, bytes('a fact'), 'aad')
        await expect(keys.open(other, keyId, sealed, 'aad')).rejects.toMatchObject({ name: 'KeyMissing' })
      })

      it('stays the same when it is made again', async () => {
        const { keyId, bytes: sealed } = await keys.seal(space, bytes('a fact'), 'aad')
        keys.forget({ spaceId: space })
        await Promise.all([keys.createSpaceKey(space), keys.createSpaceKey(space)])
        expect(text(await keys.open(space, keyId, sealed, 'aad'))).toBe('a fact')
      })

      it('is missing until it is made', async () => {
        await expect(keys.seal(randomUUID(), bytes('x'), '')).rejects.toMatchObject({ name: 'KeyMissing' })
      })

      it('makes all it sealed unreadable when it is destroyed, also where a new one is made', async () => {
        const account = randomUUID()
        await keys.createAccountKey(space, account)
        const object = await keys.sealObject(space, account, bytes('a response'))
        const { keyId, bytes: sealed } = await keys.seal(space, bytes('a fact'), 'aad')
        await keys.destroy({ spaceId: space })
        await expect(keys.open(space, keyId, sealed, 'aad')).rejects.toMatchObject({ name: 'KeyMissing' })
        await expect(keys.openObject(space, account, object)).rejects.toMatchObject({ name: 'KeyMissing' })
        await keys.createSpaceKey(space)
        await expect(keys.open(space, keyId, sealed, 'aad')).rejects.toMatchObject({ name: 'KeyMissing' })
      })
    })

    describe('a retired key', () => {
      it('opens nothing, seals nothing and is made no more, nor is any of its accounts', async () => {
        const account = randomUUID()
        await keys.createAccountKey(space, account)
        const { keyId, bytes: sealed } = await keys.seal(space, bytes('a fact'), 'aad')
        await keys.retire({ spaceId: space })
        const missing = { name: 'KeyMissing' }
        await expect(keys.open(space, keyId, sealed, 'aad')).rejects.toMatchObject(missing)
        await expect(keys.seal(space, bytes('x'), '')).rejects.toMatchObject(missing)
        await expect(keys.sealObject(space, account, bytes('x'))).rejects.toMatchObject(missing)
        await expect(keys.createSpaceKey(space)).rejects.toMatchObject(missing)
        await expect(keys.createAccountKey(space, randomUUID())).rejects.toMatchObject(missing)
        await keys.destroy({ spaceId: space })
        await expect(keys.createSpaceKey(space)).rejects.toMatchObject(missing)
      })

      it('of one account leaves the others and the space alone', async () => {
        const [gone, stays] = [randomUUID(), randomUUID()]
        for (const account of [gone, stays]) await keys.createAccountKey(space, account)
        await keys.retire({ spaceId: space, accountIds: [gone] })
        await expect(keys.createAccountKey(space, gone)).rejects.toMatchObject({ name: 'KeyMissing' })
        expect((await keys.sealObject(space, stays, bytes('x'))).length).toBeGreaterThan(0)
        expect((await keys.seal(space, bytes('x'), '')).bytes.length).toBeGreaterThan(0)
      })
    })

    describe('a rotated key', () => {
      it('seals anew, opens what it sealed before, and finds an account again', async () => {
        const account = randomUUID()
        await keys.createAccountKey(space, account)
        const before = await keys.seal(space, bytes('a fact'), 'aad')
        const object = await keys.sealObject(space, account, bytes('a response'))
        const fingerprint = await keys.fingerprint(space, 'iban')
        expect(await keys.rotate(space)).toBe(2)
        expect(await keys.rotate(space, account)).toBe(2)
        const after = await keys.seal(space, bytes('a fact'), 'aad')
        expect(after.keyId).not.toBe(before.keyId)
        for (const { keyId, bytes: sealed } of [before, after])
          expect(text(await keys.open(space, keyId, sealed, 'aad'))).toBe('a fact')
        expect(text(await keys.openObject(space, account, object))).toBe('a response')
        expect(await keys.fingerprint(space, 'iban')).toBe(fingerprint)
      })

      it('is none where there is no key', async () => {
        await expect(keys.rotate(randomUUID())).rejects.toMatchObject({ name: 'KeyMissing' })
      })
    })

    describe('a fingerprint', () => {
      it('is the same for the same identifier, and tells spaces apart', async () => {
        const other = randomUUID()
        await keys.createSpaceKey(other)
        const fingerprint = await keys.fingerprint(space, 'iban|GB33BUKB20201555555555|GBP')
        expect(fingerprint).toMatch(/^[0-9a-f]{64}$/)
        keys.forget({ spaceId: space })
        expect(await keys.fingerprint(space, 'iban|GB33BUKB20201555555555|GBP')).toBe(fingerprint)
        expect(await keys.fingerprint(other, 'iban|GB33BUKB20201555555555|GBP')).not.toBe(fingerprint)
      })
    })

    describe('a sealed object', () => {
      let account: string
      beforeEach(async () => {
        account = randomUUID()
        await keys.createAccountKey(space, account)
      })

      it.each([0, 1, 1024 * 1024 - 1, 1024 * 1024, 3 * 1024 * 1024 + 17])(
        'comes back whole: %i bytes',
        async (size) => {
          const plain = new Uint8Array(randomBytes(size))
          const back = await keys.openObject(space, account, await keys.sealObject(space, account, plain))
          expect(Buffer.compare(back, plain)).toBe(0)
        },
      )

      it('is compressed', async () => {
        const plain = bytes('{"amount":"-12.34"},'.repeat(10_000))
        expect((await keys.sealObject(space, account, plain)).length).toBeLessThan(plain.length / 50)
      })

      it('does not open with a frame altered, left out, swapped or of another object', async () => {
        const plain = new Uint8Array(randomBytes(2 * 1024 * 1024 + 100))
        const sealed = await keys.sealObject(space, account, plain)
        const other = await keys.sealObject(space, account, plain)
        const frame = 1 + 12 + 1024 * 1024 + 16
        const head = 'PFO1'.length + 1 + (sealed[4] ?? 0) + 16
        const [first, second, last] = [head, head + frame, head + 2 * frame].map((at) => sealed.slice(at, at + frame))
        const joined = (...frames: (Uint8Array | undefined)[]) =>
          new Uint8Array(Buffer.concat([sealed.slice(0, head), ...frames.map((one) => one ?? new Uint8Array(0))]))
        expect(Buffer.compare(joined(first, second, last), sealed)).toBe(0)
        const broken = [
          flipped(sealed, head + 500),
          joined(first, second),
          joined(second, first, last),
          joined(first, last),
          joined(first, second, last, last),
          joined(other.slice(head, head + frame), second, last),
          joined(),
        ]
        for (const one of broken) {
          await expect(keys.openObject(space, account, one)).rejects.toMatchObject({ code: 'seal_broken' })
        }
      })

      it("opens under no other account's key", async () => {
        const other = randomUUID()
        await keys.createAccountKey(space, other)
        const sealed = await keys.sealObject(space, account, bytes('a response'))
        await expect(keys.openObject(space, other, sealed)).rejects.toMatchObject({ name: 'KeyMissing' })
      })

      it("is unreadable when its account's key is destroyed, and the space's key stays", async () => {
        const sealed = await keys.sealObject(space, account, bytes('a response'))
        const event = await keys.seal(space, bytes('a fact'), 'aad')
        await keys.destroy({ spaceId: space, accountIds: [account] })
        await expect(keys.openObject(space, account, sealed)).rejects.toMatchObject({ name: 'KeyMissing' })
        expect(text(await keys.open(space, event.keyId, event.bytes, 'aad'))).toBe('a fact')
      })
    })

    describe('a secret', () => {
      it('is what was written last, and gone when deleted', async () => {
        const name = `providers/${randomUUID()}/token`
        expect(await secrets.read(name)).toBeUndefined()
        await secrets.write(name, bytes('one'))
        await secrets.write(name, bytes('two'))
        expect(text(await secrets.read(name))).toBe('two')
        await secrets.delete(name)
        await secrets.delete(name)
        expect(await secrets.read(name)).toBeUndefined()
      })

      it('is changed by one at a time under its name, and what fails keeps nobody waiting', async () => {
        const name = `providers/${randomUUID()}/token`
        const add = () =>
          secrets.exclusively(name, async () => {
            const count = Number(text(await secrets.read(name)) ?? '0')
            await secrets.write(name, bytes(String(count + 1)))
          })
        const failing = secrets.exclusively(name, () => Promise.reject(new Error('no')))
        await expect(Promise.allSettled([failing])).resolves.toMatchObject([{ status: 'rejected' }])
        await Promise.all(Array.from({ length: 8 }, add))
        expect(text(await secrets.read(name))).toBe('8')
        expect(await secrets.exclusively(name, async () => 'an answer')).toBe('an answer')
      })

      it('opens under its own name only', () => {
        const sealed = secrets.seal('signing-key/1', bytes('a key'))
        expect(text(secrets.open('signing-key/1', sealed))).toBe('a key')
        expect(() => secrets.open('signing-key/2', sealed)).toThrow(expect.objectContaining({ code: 'seal_broken' }))
      })
    })
  })
}
