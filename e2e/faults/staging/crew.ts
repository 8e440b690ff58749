import type { ProjectorOptions } from '../programs/projector.ts'
import type { WriterOptions } from '../programs/writer.ts'
import { type Broker, type LogSettings, usual } from './broker.ts'
import { seed } from './chance.ts'
import { Program } from './program.ts'

type WriterRole = Pick<WriterOptions, 'name' | 'tallies'> & Partial<WriterOptions>

/** The processes that work on one broker, all with the same settings; they end together. */
export class Crew {
  readonly #broker: Broker
  readonly #settings: LogSettings
  readonly #programs: Program[] = []

  constructor(broker: Broker, settings: Partial<LogSettings> = {}) {
    this.#broker = broker
    this.#settings = { ...usual, ...settings }
  }

  writer(role: WriterRole): Program {
    const options: WriterOptions = { ...this.#settings, url: this.#broker.url, seed, width: 8, ...role }
    return this.#start('writer', options)
  }

  projector(databaseUrl: string, role: Partial<ProjectorOptions> = {}): Program {
    const options: ProjectorOptions = { ...this.#settings, url: this.#broker.url, databaseUrl, ...role }
    return this.#start('projector', options)
  }

  async end(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()))
  }

  #start(name: string, options: object): Program {
    const program = Program.start(name, options)
    this.#programs.push(program)
    return program
  }
}
