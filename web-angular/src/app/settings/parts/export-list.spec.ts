import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed'
import { TestBed } from '@angular/core/testing'
import { MatButtonHarness } from '@angular/material/button/testing'
import { dataExport } from '../../../testing/shapes.ts'
import type { DataExport } from '../../api/types.ts'
import { ExportList } from './export-list.ts'

const ready = dataExport({ status: 'ready', bytes: 1_482_331, expires_at: '2026-11-27T10:20:03.000Z' })

describe('the list of files of everything', () => {
  const shown = async (...exports: DataExport[]) => {
    const fixture = TestBed.createComponent(ExportList)
    fixture.componentRef.setInput('exports', exports)
    const done: string[] = []
    fixture.componentInstance.begin.subscribe(() => done.push('begin'))
    fixture.componentInstance.save.subscribe(({ id }) => done.push(`save ${id}`))
    fixture.componentInstance.remove.subscribe((id) => done.push(`remove ${id}`))
    fixture.detectChanges()
    const loader = TestbedHarnessEnvironment.loader(fixture)
    const button = (text: string) => loader.getHarness(MatButtonHarness.with({ text }))
    const page = fixture.nativeElement as HTMLElement
    const icon = () => page.querySelector<HTMLButtonElement>('button[aria-label^="Delete the file"]')
    return { button, icon, done, text: () => page.textContent?.replace(/\s+/g, ' ') ?? '' }
  }

  it('has nothing at first but what can be asked for', async () => {
    const { button, icon, done, text } = await shown()
    await (await button('Make a file of everything')).click()
    expect(done).toEqual(['begin'])
    expect(icon()).toBeNull()
    expect(text()).toContain('sealed for seven days')
  })

  it('says that one is being written, can stop it, and asks for no second one', async () => {
    const { button, icon, done, text } = await shown(dataExport())
    expect(text()).toContain('being written')
    expect(await (await button('Make a file of everything')).isDisabled()).toBe(true)
    icon()?.click()
    expect(done).toEqual(['remove e-1'])
  })

  it('hands over one that is ready, with its size and its end', async () => {
    const { button, done, text } = await shown(ready)
    expect(text()).toMatch(/1.5 MB · here until/)
    await (await button('Save the file')).click()
    expect(done).toEqual(['save e-1'])
    expect(await (await button('Make a file of everything')).isDisabled()).toBe(false)
  })

  it('says why one failed until the next is asked for, and leaves out what is gone', async () => {
    const failed = dataExport({ status: 'failed', error: { code: 'export_failed', detail: 'The disk was full.' } })
    expect((await shown(failed)).text()).toContain('The disk was full.')
    const after = await shown(ready, { ...failed, id: 'e-0' }, dataExport({ id: 'e-00', status: 'expired' }))
    expect(after.text()).not.toContain('The disk was full.')
    expect(after.text()).not.toContain('gone')
  })
})
