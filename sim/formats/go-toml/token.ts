import { quoteGo } from './quote.ts'

/** 1-based line and column, in runes. */
export interface Position {
  readonly line: number
  readonly column: number
}

export const formatPosition = (position: Position): string => `(${position.line}, ${position.column})`

/** The kinds of token, by the names that go-toml's `tokenType.String` gives them (token.go). */
export type TokenKind =
  | 'Error'
  | 'EOF'
  | 'Key'
  | 'String'
  | 'Integer'
  | 'True'
  | 'False'
  | 'Float'
  | 'Inf'
  | 'NaN'
  | '='
  | '['
  | ']'
  | '{'
  | '}'
  | '[['
  | ']]'
  | 'LocalDate'
  | 'LocalTime'
  | 'TimeOffset'
  | 'KeyGroup'
  | 'KeyGroupArray'
  | ','

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly position: Position
}

/** token.go has the names of `[[` and `]]` the wrong way round. */
export const kindName = (kind: TokenKind): string => (kind === '[[' ? ']]' : kind === ']]' ? '[[' : kind)

/** `token.String`: how messages show a token. */
export function formatToken(token: Token): string {
  if (token.kind === 'EOF') return 'EOF'
  return token.kind === 'Error' ? token.text : quoteGo(token.text)
}

export const isSpace = (rune: string): boolean => rune === ' ' || rune === '\t'
export const isDigit = (rune: string): boolean => rune >= '0' && rune <= '9' && rune.length === 1
export const isHexDigit = (rune: string): boolean => /^[0-9a-fA-F]$/.test(rune)
export const isBareKeyRune = (rune: string): boolean => /^[A-Za-z0-9_-]$/.test(rune)
