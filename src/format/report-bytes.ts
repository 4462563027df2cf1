import * as v from 'valibot'
import { decodeText, encodeText } from '../host/surrogate-escape.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'

/**
 * Bytes in JSON. UTF-8 is text: a string for one line, an array with a string for each of several lines, so that a
 * report can be read and compared line by line. Everything else is base64. Either way no byte is lost.
 */
export type BytesRecord = string | readonly string[] | { readonly base64: string }

/** Bytes as they stand in a report. */
export function recordOfBytes(bytes: Uint8Array): BytesRecord {
  const text = decodeText(bytes)
  if (!text.isWellFormed()) return { base64: encodeBase64(bytes) }
  const lines = text.split(/(?<=\n)/)
  return lines.length > 1 ? lines : text
}

/** The bytes of a record. */
export const bytesRecordSchema = v.pipe(
  v.union(
    [
      v.string(),
      v.array(v.string()),
      v.strictObject({ base64: v.pipe(v.string(), v.base64('canonical base64')) }),
    ],
    'text, lines of text or { base64 }',
  ),
  v.transform(record => {
    if (typeof record === 'string') return encodeText(record)
    return 'base64' in record ? decodeBase64(record.base64) : encodeText(record.join(''))
  }),
)
