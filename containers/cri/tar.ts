/** A file of an archive. */
export interface TarFile {
  readonly name: string
  readonly content: Uint8Array
  readonly mode?: number
}

const BLOCK_BYTES = 512

/** A tar archive of regular files that belong to root, with no times: the format ustar of tar(5). */
export function tar(files: readonly TarFile[]): Buffer {
  const members = files.flatMap(file => [header(file), file.content, padding(file.content.length)])
  return Buffer.concat([...members, Buffer.alloc(2 * BLOCK_BYTES)])
}

const padding = (length: number): Buffer => Buffer.alloc((BLOCK_BYTES - (length % BLOCK_BYTES)) % BLOCK_BYTES)

function header({ name, content, mode = 0o644 }: TarFile): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`too long a name for a tar archive: ${name}`)
  const block = Buffer.alloc(BLOCK_BYTES)
  const octal = (value: number, at: number, width: number) =>
    block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at)
  block.write(name, 0)
  octal(mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(content.length, 124, 12)
  octal(0, 136, 12)
  block.write('0', 156)
  block.write('ustar\u000000', 257)
  block.write(' '.repeat(8), 148)
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  return block
}
