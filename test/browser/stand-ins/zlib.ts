/** What just-bash uses of `node:zlib`. */
export { gunzipSync, gzipSync } from 'fflate'

/** Of zlib.h. */
export const constants = { Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1 }
