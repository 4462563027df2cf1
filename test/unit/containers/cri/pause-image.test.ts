import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { pauseImageArchive } from '../../../../containers/cri/pause-image.ts'

const NAME = 'registry.example.com/pause:3.10'

test('the archive is an image of that name, every part of which has the digest by which it is named', () => {
  const archive = pauseImageArchive(NAME)
  const read = (path: string) => execFileSync('tar', ['-xOf', '-', path], { input: archive })
  const blob = ({ digest, size }: { digest: string; size: number }) => {
    const content = read(`blobs/${digest.replace(':', '/')}`)
    expect(`sha256:${createHash('sha256').update(content).digest('hex')} ${content.length}`).toBe(
      `${digest} ${size}`,
    )
    return content
  }
  const [entry] = JSON.parse(String(read('index.json'))).manifests
  expect(entry.annotations).toEqual({ 'io.containerd.image.name': NAME })
  const manifest = JSON.parse(String(blob(entry)))
  const config = JSON.parse(String(blob(manifest.config)))
  expect(config.config.Entrypoint).toEqual(['/pause'])
  const layer = blob(manifest.layers[0])
  expect(String(execFileSync('tar', ['-tf', '-'], { input: layer }))).toBe('pause\n')
})

test('the same name gives the same bytes', () => {
  expect(pauseImageArchive(NAME)).toEqual(pauseImageArchive(NAME))
})
