import { Component, computed, input, output } from '@angular/core'
import { MatButton } from '@angular/material/button'
import type { CsvMapping, Import } from '../../api/types.ts'
import { importsTexts } from '../../texts/imports.ts'

const roles = ['date', 'amount', 'debit', 'credit', 'description', 'counterparty', 'currency', 'id', 'balance'] as const
type Role = (typeof roles)[number]

/** Which column says what: what the server guessed, with samples, to be put right by hand. */
@Component({
  selector: 'pf-column-choice',
  imports: [MatButton],
  template: `
    <div class="ask">
      @for (role of roles; track role) {
        <div class="field">
          <label [attr.for]="'column-' + role">{{ texts.roles[role] }}</label>
          <span class="inp"><select #choice [id]="'column-' + role" (change)="set(role, choice.value)">
            <option value="" [selected]="chosen(role) === ''">{{ texts.noColumn }}</option>
            @for (column of columns(); track column.name) { <option [value]="column.name" [selected]="chosen(role) === column.name">{{ label(column) }}</option> }
          </select></span>
        </div>
      }
      <div class="field">
        <label for="date-format">{{ texts.dateFormat }}</label>
        <span class="inp"><select #format id="date-format" (change)="changed.emit({ ...value(), date_format: format.value || undefined })">
          <option value="" [selected]="!value().date_format">{{ texts.dateGuess }}</option>
          @for (one of formats; track one) { <option [value]="one" [selected]="value().date_format === one">{{ one }}</option> }
        </select></span>
      </div>
      <div class="field">
        <label for="decimal">{{ texts.decimal }}</label>
        <span class="inp"><select #decimal id="decimal" (change)="setDecimal(decimal.value)">
          <option value="" [selected]="!value().decimal">{{ texts.dateGuess }}</option>
          <option value="." [selected]="value().decimal === '.'">1,234.56</option>
          <option value="," [selected]="value().decimal === ','">1.234,56</option>
        </select></span>
      </div>
    </div>
    <label class="check"><input #invert type="checkbox" [checked]="value().invert" (change)="changed.emit({ ...value(), invert: invert.checked })" /> {{ texts.invert }}</label>
    <button matButton="outlined" type="button" (click)="read.emit()">{{ texts.readAgain }}</button>
  `,
  styles: `
    :host { display: grid; gap: 16px; justify-items: start; }
    .ask { width: 100%; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(200px, 100%), 1fr)); gap: 16px; }
    .check { display: flex; gap: 8px; align-items: center; min-height: 32px; font: var(--pf-text-small); }
  `,
})
export class ColumnChoice {
  readonly columns = input.required<Import['columns']>()
  readonly mapping = input<CsvMapping>()
  readonly changed = output<CsvMapping>()
  readonly read = output<void>()

  protected readonly texts = importsTexts
  protected readonly roles = roles
  protected readonly formats = ['dd/MM/yyyy', 'MM/dd/yyyy', 'yyyy-MM-dd', 'dd.MM.yyyy', 'dd-MM-yyyy', 'dd MMM yyyy']
  protected readonly value = computed<CsvMapping>(() => this.mapping() ?? { columns: {} })

  protected chosen(role: Role): string {
    const column = this.value().columns[role]
    return (Array.isArray(column) ? column[0] : column) ?? ''
  }

  protected label({ name, samples }: Import['columns'][number]): string {
    return samples[0] === undefined ? name : `${name}: ${samples[0]}`
  }

  protected set(role: Role, column: string): void {
    const { [role]: _, ...others } = this.value().columns
    this.changed.emit({ ...this.value(), columns: column === '' ? others : { ...others, [role]: column } })
  }

  protected setDecimal(decimal: string): void {
    const { decimal: _, ...others } = this.value()
    this.changed.emit(decimal === '.' || decimal === ',' ? { ...others, decimal } : others)
  }
}
