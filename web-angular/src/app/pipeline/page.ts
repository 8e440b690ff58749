import { Component, computed, inject } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { RouterLink } from '@angular/router'
import { pipelineTexts } from '../texts/pipeline.ts'
import { texts } from '../texts.ts'
import { Card } from '../ui/card.ts'
import { plainDay, whenText } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { formatCount } from '../ui/format.ts'
import { PageHead } from '../ui/page-head.ts'
import { problemText } from '../ui/problem-text.ts'
import { Strip } from '../ui/strip.ts'
import { RebuildCard } from './parts/rebuild-card.ts'
import { Runs } from './parts/runs.ts'
import { PipelineStore, type RunKind } from './store.ts'

@Component({
  selector: 'pf-pipeline',
  imports: [Card, Empty, MatButton, PageHead, RebuildCard, RouterLink, Runs, Strip],
  providers: [PipelineStore],
  templateUrl: './page.html',
  styleUrl: './page.css',
})
export class PipelinePage {
  protected readonly store = inject(PipelineStore)
  protected readonly texts = pipelineTexts
  protected readonly catchingUp = texts.dashboard.catchingUp
  protected readonly kinds: readonly RunKind[] = ['all', 'failed', 'user']
  protected readonly whenText = whenText
  protected readonly plainDay = plainDay
  protected readonly formatCount = formatCount
  protected readonly problemText = problemText
  /** A name of the code, in parts between which a narrow column may break it. */
  protected readonly parts = (name: string) => name.split(/(?<=_)/)
  protected readonly version = computed(() => {
    const version = this.store.marts.value()?.items[0]?.version
    return version === undefined ? '' : pipelineTexts.marts.version(version)
  })
}
