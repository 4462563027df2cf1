/** An awk program as it was read; strings are bytes, one character each. */
export interface AwkProgram {
  readonly rules: readonly AwkRule[]
  readonly functions: ReadonlyMap<string, AwkFunction>
}

export interface AwkRule {
  readonly pattern: 'BEGIN' | 'END' | Expression | undefined
  /** Of a range: where it ends. */
  readonly until: Expression | undefined
  /** Undefined prints the record. */
  readonly action: Statement | undefined
}

export interface AwkFunction {
  readonly name: string
  readonly parameters: readonly string[]
  readonly body: Statement
}

export type LeftValue =
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'element'; readonly name: string; readonly index: readonly Expression[] }
  | { readonly type: 'field'; readonly index: Expression }

export type Expression =
  | LeftValue
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'regex'; readonly source: string }
  | {
      readonly type: 'assign'
      readonly target: LeftValue
      readonly operator: string
      readonly value: Expression
    }
  | {
      readonly type: 'conditional'
      readonly test: Expression
      readonly yes: Expression
      readonly no: Expression
    }
  | {
      readonly type: 'logical'
      readonly isOr: boolean
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly type: 'in'; readonly index: readonly Expression[]; readonly name: string }
  | {
      readonly type: 'match'
      readonly isNegated: boolean
      readonly left: Expression
      readonly right: Expression
    }
  | {
      readonly type: 'compare'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
  | {
      readonly type: 'arithmetic'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly type: 'concatenate'; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'unary'; readonly operator: string; readonly operand: Expression }
  | {
      readonly type: 'increment'
      readonly target: LeftValue
      readonly by: number
      readonly isPrefix: boolean
    }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly type: 'builtin'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly type: 'getline'
      readonly from: 'main' | 'file' | 'command'
      readonly source: Expression | undefined
      readonly target: LeftValue | undefined
    }

export interface Redirection {
  readonly kind: 'truncate' | 'append' | 'pipe'
  readonly target: Expression
}

export type Statement =
  | { readonly type: 'block'; readonly body: readonly Statement[] }
  | { readonly type: 'expression'; readonly value: Expression }
  | {
      readonly type: 'print'
      readonly isFormatted: boolean
      readonly args: readonly Expression[]
      readonly to: Redirection | undefined
    }
  | {
      readonly type: 'if'
      readonly test: Expression
      readonly yes: Statement
      readonly no: Statement | undefined
    }
  | { readonly type: 'while'; readonly test: Expression; readonly body: Statement }
  | { readonly type: 'do'; readonly test: Expression; readonly body: Statement }
  | {
      readonly type: 'for'
      readonly first: Expression | undefined
      readonly test: Expression | undefined
      readonly step: Expression | undefined
      readonly body: Statement
    }
  | { readonly type: 'for-in'; readonly variable: string; readonly name: string; readonly body: Statement }
  | { readonly type: 'delete'; readonly name: string; readonly index: readonly Expression[] | undefined }
  | { readonly type: 'exit' | 'return'; readonly value: Expression | undefined }
  | { readonly type: 'break' | 'continue' | 'next' | 'nextfile' }
