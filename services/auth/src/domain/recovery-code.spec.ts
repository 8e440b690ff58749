import { recoveryCodeAsKept, recoveryCodeBytes, recoveryCodeOf } from './recovery-code.ts'

describe('a recovery code', () => {
  it('has four groups of four letters that are not taken for one another', () => {
    expect(recoveryCodeOf(new Uint8Array(recoveryCodeBytes))).toBe('0000-0000-0000-0000')
    const all = Uint8Array.from({ length: recoveryCodeBytes }, (_, n) => n + 16)
    expect(recoveryCodeOf(all)).toBe('ghjk-mnpq-rstv-wxyz')
  })

  it('is the same however it is typed', () => {
    for (const typed of ['10ab-7k2m-9xqt-00zz', ' IOAB7K2M9XQT00ZZ ', 'l0ab 7k2m 9xqt oozz']) {
      expect(recoveryCodeAsKept(typed)).toBe('10ab7k2m9xqt00zz')
    }
  })
})
