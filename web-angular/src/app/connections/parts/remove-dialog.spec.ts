import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed'
import { TestBed } from '@angular/core/testing'
import { MatButtonHarness } from '@angular/material/button/testing'
import { MAT_DIALOG_DATA, MatDialogRef } from '@angular/material/dialog'
import { MatRadioButtonHarness } from '@angular/material/radio/testing'
import { RemoveDialog, type Removing } from './remove-dialog.ts'

describe('taking a bank out', () => {
  function open(attempt: boolean) {
    const data: Removing = { bank: 'Wrenfield Bank', attempt }
    const closedWith: unknown[] = []
    TestBed.configureTestingModule({
      providers: [
        { provide: MAT_DIALOG_DATA, useValue: data },
        { provide: MatDialogRef, useValue: { close: (choice: unknown) => closedWith.push(choice), id: 'removing' } },
      ],
    })
    const fixture = TestBed.createComponent(RemoveDialog)
    fixture.detectChanges()
    const element: HTMLElement = fixture.nativeElement
    return { closedWith, element, loader: TestbedHarnessEnvironment.loader(fixture) }
  }

  it('keeps the history unless told otherwise', async () => {
    const { closedWith, loader } = open(false)
    await (await loader.getHarness(MatButtonHarness.with({ text: 'Remove' }))).click()
    expect(closedWith).toEqual(['keep'])
  })

  it('erases it on request, and says what goes, what stays and that there is no way back', async () => {
    const { closedWith, element, loader } = open(false)
    expect(element.textContent).not.toMatch(/cannot be taken back/)
    await (await loader.getHarness(MatRadioButtonHarness.with({ label: /Erase everything/ }))).check()
    expect(element.textContent).toMatch(/statement files/)
    expect(element.textContent).toMatch(/another bank connection still shows stay/)
    expect(element.textContent).toMatch(/cannot be taken back/)
    await (await loader.getHarness(MatButtonHarness.with({ text: 'Remove and erase' }))).click()
    expect(closedWith).toEqual(['erase'])
  })

  it('asks nothing about the history of an attempt, which has none', async () => {
    const { closedWith, element, loader } = open(true)
    expect(element.textContent).not.toMatch(/erase/i)
    await (await loader.getHarness(MatButtonHarness.with({ text: 'Remove' }))).click()
    expect(closedWith).toEqual(['keep'])
  })
})
