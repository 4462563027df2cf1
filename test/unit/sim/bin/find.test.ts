import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { out, sh } from '../bare-machine.ts'

it('find goes through a tree and prints what its tests hold for', async () => {
  expect(await out('mkdir -p t/a; : > t/a/f.conf; : > t/g; find t -name "*.conf"')).toBe('t/a/f.conf\n')
})

it('a starting point that is not there is told, and the others are gone through', async () => {
  const said = await sh('mkdir t; find nosuch t')
  expect(said).toMatchObject({
    exitCode: 1,
    stdout: 't\n',
    stderr: "find: 'nosuch': No such file or directory\n",
  })
})

it.each(['-ls', '-regex x', '-newermt x', '-ok true ;', '-printf %T@'])(
  'find %s is not simulated',
  async words => {
    await expect(sh(`find . ${words.replace(';', '\\;')}`)).rejects.toThrow(Unsimulated)
  },
)

it('find -L is not simulated', async () => {
  await expect(sh('find -L .')).rejects.toThrow(Unsimulated)
})
