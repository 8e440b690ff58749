import { wishOf } from './keys.ts'

describe('a key of the list', () => {
  const press = (key: string, more: KeyboardEventInit = {}, target: HTMLElement = document.createElement('p')) => {
    let wish: ReturnType<typeof wishOf>
    const hear = (event: KeyboardEvent) => {
      wish = wishOf(event, target.tagName === 'A')
    }
    document.body.append(target)
    document.addEventListener('keydown', hear, { once: true })
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }))
    return wish
  }

  it.each([
    ['j', {}, 'next'],
    ['K', { shiftKey: true }, 'onBefore'],
    ['?', { shiftKey: true }, 'help'],
    ['Escape', {}, 'close'],
    ['j', { ctrlKey: true }, undefined],
    ['Enter', {}, undefined],
    [' ', {}, undefined],
  ])('%s with %j is %s', (key, more, wish) => expect(press(key, more)).toBe(wish))

  it('opens and selects only where a row has the focus', () => {
    expect(press('Enter', {}, document.createElement('a'))).toBe('explain')
    expect(press(' ', {}, document.createElement('a'))).toBe('select')
  })

  it('is a letter in a field', () => expect(press('j', {}, document.createElement('input'))).toBeUndefined())
})
