import { Component, signal } from '@angular/core'
import { TestBed } from '@angular/core/testing'
import { until } from '../../../testing/server.ts'
import { RowPress } from './row-press.ts'

@Component({
  imports: [RowPress],
  template: `<div [pfRowPress]="choosing()" (pressed)="picked.push($event)"><p data-index="7"><a href="#open" (click)="opened = opened + 1">Tea</a></p></div>`,
})
class List {
  readonly choosing = signal(false)
  readonly picked: number[] = []
  opened = 0
}

describe('a finger on a row', () => {
  const begin = () => {
    const fixture = TestBed.createComponent(List)
    fixture.detectChanges()
    const list = fixture.componentInstance
    const link = fixture.nativeElement.querySelector('a') as HTMLElement
    /** False where the browser is kept from what it would do. */
    const send = (event: Event) => link.dispatchEvent(event)
    /** jsdom has no PointerEvent: a mouse's event with what else a finger's says. */
    const pointer = (type: string, { pointerType = 'touch', isPrimary = true, ...init }: PointerEventInit = {}) =>
      send(
        Object.assign(new MouseEvent(type, { bubbles: true, cancelable: true, ...init }), { pointerType, isPrimary }),
      )
    const click = (init: MouseEventInit = {}) =>
      send(new MouseEvent('click', { bubbles: true, cancelable: true, ...init }))
    const menu = () => send(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))
    const tap = () => {
      pointer('pointerdown')
      pointer('pointerup')
      return click()
    }
    const choose = (on: boolean) => {
      list.choosing.set(on)
      fixture.detectChanges()
    }
    return { list, pointer, click, menu, tap, choose }
  }
  const restedOn = async (list: List) => until(() => list.picked.length > 0)

  it('picks it when it rests there, and the click that follows is no tap', async () => {
    const { list, pointer, click, choose } = begin()
    pointer('pointerdown')
    await restedOn(list)
    choose(true)
    pointer('pointerup')
    expect(click()).toBe(false)
    expect(list).toMatchObject({ picked: [7], opened: 0 })
  })

  it('picks the next one by a tap, whether or not a click followed the first', async () => {
    const { list, pointer, choose, tap } = begin()
    pointer('pointerdown')
    await restedOn(list)
    pointer('pointerup')
    choose(true)
    expect(tap()).toBe(false)
    expect(list).toMatchObject({ picked: [7, 7], opened: 0 })
    choose(false)
    tap()
    expect(list).toMatchObject({ picked: [7, 7], opened: 1 })
  })

  it('picks it as soon as the system would open its menu, which it does not', () => {
    const { list, pointer, menu } = begin()
    pointer('pointerdown')
    expect(menu()).toBe(false)
    expect(list.picked).toEqual([7])
    expect(menu()).toBe(false)
    expect(list.picked).toEqual([7])
  })

  it.each([
    ['moves, as it scrolls', { type: 'pointermove', clientY: 30 }],
    ['is taken by the page that scrolls', { type: 'pointercancel' }],
    ['is lifted', { type: 'pointerup' }],
    ['is joined by a second one', { type: 'pointerdown', isPrimary: false }],
  ])('picks nothing where it %s', async (_, { type, ...init }) => {
    const { list, pointer, menu } = begin()
    pointer('pointerdown')
    pointer('pointermove', { clientX: 4, clientY: 4 })
    pointer(type, init)
    // What would pick the row at once while the press lasts.
    menu()
    expect(list.picked).toEqual([])
  })

  it('is none where it is a mouse: its menu opens, and its click opens the row', () => {
    const { list, pointer, menu, click } = begin()
    pointer('pointerdown', { pointerType: 'mouse' })
    expect(menu()).toBe(true)
    click()
    expect(list).toMatchObject({ picked: [], opened: 1 })
  })

  it('leaves the keys of a click what they mean while a tap picks', () => {
    const { list, choose, click } = begin()
    choose(true)
    click({ shiftKey: true })
    expect(list).toMatchObject({ picked: [], opened: 1 })
  })
})
