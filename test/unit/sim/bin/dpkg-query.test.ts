import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

const machine = await boot('debian-12-container')
const query = (...words: readonly string[]) => run(machine, ['dpkg-query', ...words])

it('dpkg-query -W -f fills in fields, real and virtual, with widths', async () => {
  const format = '${Package;-6}|${binary:Package}|${db:Status-Abbrev}|${Installed-Size;6}|${nosuch}\\n'
  expect((await query('-W', '-f', format, 'runc', 'libc6')).stdout).toMatch(
    /^libc6 \|libc6:amd64\|ii \| *\d+\|\nrunc {2}\|runc\|ii \| {2}8633\|\n$/,
  )
})

it('dpkg-query -W tells name and version, and exits 1 when a pattern fits nothing', async () => {
  expect(await query('-W', 'runc', 'nosuch')).toEqual({
    exitCode: 1,
    stdout: 'runc\t1.1.5+ds1-1+deb12u1\n',
    stderr: 'dpkg-query: no packages found matching nosuch\n',
  })
})

it('dpkg-query -L lists the files of a package', async () => {
  const { stdout } = await query('-L', 'containerd')
  expect(stdout.split('\n').slice(0, 2)).toEqual(['/.', '/etc'])
  expect(stdout).toContain('/lib/systemd/system/containerd.service\n')
})

it('dpkg-query wants an action', async () => {
  expect(await query()).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'dpkg-query: error: need an action option\n\nUse --help for help about querying packages.\n',
  })
})
