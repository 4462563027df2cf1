/**
 * Bytes ↔ strings without loss, as Python's `surrogateescape` does it: a byte that is not part of valid UTF-8 becomes
 * the lone surrogate U+DC80…U+DCFF and goes back to that byte.
 */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** The length of the valid UTF-8 sequence that starts at `at`, or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0
  if (length === 0 || at + length > bytes.length) return 0
  try {
    decoder.decode(bytes.subarray(at, at + length))
    return length
  } catch {
    return 0
  }
}

/** Bytes as a string; what is not UTF-8 is escaped. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    let text = ''
    for (let at = 0; at < bytes.length; ) {
      const length = sequenceLength(bytes, at)
      if (length === 0) text += String.fromCharCode(0xdc00 + (bytes[at++] ?? 0))
      else {
        text += decoder.decode(bytes.subarray(at, at + length))
        at += length
      }
    }
    return text
  }
}

/** The bytes of a string that `decodeText` made, or of any other. */
export function encodeText(text: string): Uint8Array {
  if (text.isWellFormed()) return encoder.encode(text)
  const parts: Uint8Array[] = []
  let from = 0
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at)
    const isEscape = code >= 0xdc80 && code <= 0xdcff && !isHighSurrogate(text.charCodeAt(at - 1))
    if (at < text.length && !isEscape) continue
    parts.push(encoder.encode(text.slice(from, at)))
    if (isEscape) parts.push(Uint8Array.of(code - 0xdc00))
    from = at + 1
  }
  return concatBytes(parts)
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff

/** All the bytes, one after the other. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
