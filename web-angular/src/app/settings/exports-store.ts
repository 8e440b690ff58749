import { Injectable, inject } from '@angular/core'
import { liveLoad } from '../api/load.ts'
import { Me } from '../api/me.ts'
import type { DataExport } from '../api/types.ts'
import { saveAs } from '../ui/save-as.ts'
import { Commands } from './commands.ts'

/** All that there is of the person, as files: written in the background, and told of when one is there. */
@Injectable()
export class ExportsStore {
  readonly #me = inject(Me)
  readonly exports = liveLoad(['exports'], (ask) => this.#me.exports(ask))
  readonly commands = new Commands<'exports'>()

  constructor() {
    void this.exports.load()
  }

  begin(): Promise<boolean> {
    return this.commands.say('exports', async () => {
      await this.#me.requestExport()
      await this.exports.refresh()
    })
  }

  save({ id, requested_at }: DataExport): Promise<boolean> {
    return this.commands.say('exports', async () => {
      saveAs(await this.#me.exportFile(id), `personal-finances-${requested_at.slice(0, 10)}.zip`)
    })
  }

  remove(id: string): Promise<boolean> {
    return this.commands.say('exports', async () => {
      await this.#me.deleteExport(id)
      await this.exports.refresh()
    })
  }
}
