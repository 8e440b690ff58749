import { TestBed } from '@angular/core/testing'
import { MAT_DIALOG_DATA } from '@angular/material/dialog'
import { RemoveDialog, type Removing } from './remove-dialog.ts'

describe('taking a bank out', () => {
  it.each([true, false])('offers to leave it or to remove it, and never to erase rows (attempt: %s)', (attempt) => {
    const data: Removing = { bank: 'Wrenfield Bank', attempt }
    TestBed.configureTestingModule({ providers: [{ provide: MAT_DIALOG_DATA, useValue: data }] })
    const fixture = TestBed.createComponent(RemoveDialog)
    fixture.detectChanges()
    const element: HTMLElement = fixture.nativeElement
    expect([...element.querySelectorAll('button')].map((button) => button.textContent?.trim())).toEqual([
      'Cancel',
      'Remove',
    ])
    expect(element.textContent).not.toMatch(/erase/i)
  })
})
