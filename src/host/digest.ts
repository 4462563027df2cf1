import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** SHA-256 of some bytes, as 64 lower-case hex digits: what `ifDigest` compares. */
export const digestOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))
