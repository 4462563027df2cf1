import { AwkFailure } from '../../formats/awk/failure.ts'
import { inputValue, StrNum, type Value } from './value.ts'

/** What a record needs of the variables. */
export interface RecordSettings {
  /** FS and its kin: how a text falls into fields. */
  split(text: string): readonly string[]
  /** A value as text, by CONVFMT. */
  text(value: Value): string
  /** OFS. */
  separator(): string
}

/** `$0`, its fields and NF (field.c): each is made from the others only when it is asked for. */
export class Fields {
  readonly #settings: RecordSettings
  #record: Value = ''
  #fields: Value[] = []
  #isSplit = true
  /** What was assigned to NF, if anything. */
  #count: Value

  constructor(settings: RecordSettings) {
    this.#settings = settings
    this.#count = 0
  }

  /** A record as it was read. */
  setRecord(value: Value): void {
    this.#record = value
    this.#isSplit = false
  }

  /** Fields are taken with the FS that held when the record was read. */
  split(): void {
    if (this.#isSplit) return
    this.#isSplit = true
    this.#fields = this.#settings.split(this.#settings.text(this.#record)).map(inputValue)
    this.#count = this.#fields.length
  }

  get count(): Value {
    this.split()
    return this.#count
  }

  setCount(value: Value, count: number): void {
    this.split()
    if (count < 0) throw new AwkFailure('negative value assigned to NF', true)
    while (this.#fields.length < count) this.#fields.push('')
    this.#fields.length = count
    this.#count = value
    this.#join()
  }

  get(index: number): Value {
    if (index === 0) return this.#record
    this.split()
    return index <= this.#fields.length ? this.#fields[index - 1] : ''
  }

  set(index: number, value: Value): void {
    if (index === 0) {
      this.setRecord(value)
      return
    }
    this.split()
    if (index > this.#fields.length) {
      while (this.#fields.length < index - 1) this.#fields.push('')
      this.#count = index
    }
    this.#fields[index - 1] = value
    this.#join()
  }

  #join(): void {
    const [only] = this.#fields
    if (this.#fields.length === 1) this.#record = only instanceof StrNum ? only : this.#settings.text(only)
    else this.#record = this.#fields.map(field => this.#settings.text(field)).join(this.#settings.separator())
  }
}
