import { expect, test } from 'vitest'
import { recordLoaded, recordModules, refusedModules } from '../../../../containers/recording/modules.ts'
import { collectedOf } from './collected.ts'

test('modinfo -0 gives each module its file, direct dependencies, aliases that are no device’s, and parameters', () => {
  const text =
    'filename:       /lib/modules/6.1/kernel/a/b-c.ko\0alias=pci:v0000*\0alias=net-pf-10\0description=two\nlines\0' +
    'depends=x,y-z\0softdep=pre: q\0name=b_c\0parm:           debug:Say more (int)\0' +
    'filename:       /lib/modules/6.1/kernel/a/a.ko\0depends=\0name=a\0'
  expect(recordModules(text, '6.1')).toEqual({
    a: { path: 'kernel/a/a.ko', depends: [] },
    b_c: {
      path: 'kernel/a/b-c.ko',
      depends: ['x', 'y-z'],
      description: 'two\nlines',
      aliases: ['net-pf-10'],
      softdep: 'pre: q',
      parameters: ['debug'],
    },
  })
})

const row = (path: string, value: string) => `${path}\x000644\0\0${value}\n\0`

test('each module is given what was not there before it was loaded', () => {
  const collected = collectedOf({
    '0000 before sysctl': row('a', '1'),
    '0000 before filesystems': 'nodev\tproc\n',
    '0001 loaded one modules': 'one 16384 0 - Live 0x0\n',
    '0001 loaded one sysctl': row('a', '2') + row('b', '3'),
    '0001 loaded one filesystems': 'nodev\tproc\n',
    '0002 loaded two modules': 'two 4096 0 - Live 0x0\none 16384 0 - Live 0x0\n',
    '0002 loaded two sysctl': row('a', '2') + row('b', '3'),
    '0002 loaded two filesystems': 'nodev\tproc\n\ttwofs\n',
    '0003 failed three': 'insmod: ERROR: could not insert module\n',
  })
  expect(recordLoaded(collected)).toEqual({
    one: { sizeBytes: 16384, sysctl: { b: { mode: '0644', value: '3' } }, filesystems: [] },
    two: { sizeBytes: 4096, sysctl: {}, filesystems: [{ name: 'twofs', nodev: false }] },
  })
  expect(refusedModules(collected)).toEqual(['three: insmod: ERROR: could not insert module'])
})
