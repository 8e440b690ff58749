import { typedCodeAsKept, typedCodeBytes, typedCodeOf } from './typed-code.ts'

describe('a code that people type', () => {
  it('has four groups of four letters that are not taken for one another', () => {
    expect(typedCodeOf(new Uint8Array(typedCodeBytes))).toBe('0000-0000-0000-0000')
    const all = Uint8Array.from({ length: typedCodeBytes }, (_, n) => n + 16)
    expect(typedCodeOf(all)).toBe('ghjk-mnpq-rstv-wxyz')
  })

  it('is the same however it is typed', () => {
    for (const typed of ['10ab-7k2m-9xqt-00zz', ' IOAB7K2M9XQT00ZZ ', 'l0ab 7k2m 9xqt oozz']) {
      expect(typedCodeAsKept(typed)).toBe('10ab7k2m9xqt00zz')
    }
  })
})
